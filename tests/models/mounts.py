import ctypes
import os

import numpy as np
import pandas as pd


def model(live_features):
    os.mkdir("here")
    libc = ctypes.CDLL(None)
    for kind in (b"tmpfs", b"proc", b"overlay"):
        if libc.mount(b"none", b"here", kind, 0, None) == 0:
            libc.umount2(b"here", 2)
            print("LEAK a mount:", kind)
    if libc.mount(b"here", b"here", None, 0x1000, None) == 0:  # MS_BIND
        libc.umount2(b"here", 2)
        print("LEAK a bind mount")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
