import ctypes
import pathlib
import platform
import struct

import numpy as np
import pandas as pd


def model(live_features):
    number = {"x86_64": 126, "aarch64": 91}[platform.machine()]
    ctypes.CDLL(None).syscall(number, struct.pack("Ii", 0x20080522, 0), struct.pack("6I", *[0xFFFFFFFF] * 6))
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(("CapEff", "CapPrm", "CapInh", "CapAmb")) and int(line.split()[1], 16):
            print("LEAK", line)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
