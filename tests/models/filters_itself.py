import contextlib
import ctypes
import socket
import struct

import numpy as np
import pandas as pd


def model(live_features):
    allow = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000))
    program = struct.pack("HP", 1, ctypes.addressof(allow))
    if ctypes.CDLL(None).prctl(22, ctypes.c_ulong(2), program, 0, 0) == 0:
        print("installed a filter that allows everything")
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET):
        print("LEAK a TCP socket")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
