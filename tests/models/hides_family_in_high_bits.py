import ctypes
import platform

import numpy as np
import pandas as pd


def model(live_features):
    number = {"x86_64": 41, "aarch64": 198}[platform.machine()]
    inet = ctypes.c_ulong(2 | 1 << 32)  # the kernel reads 32 bits of it
    if ctypes.CDLL(None).syscall(number, inet, 1, 0) >= 0:
        print("LEAK a TCP socket")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
