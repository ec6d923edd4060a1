import ctypes
import os
import platform

import numpy as np
import pandas as pd


def model(live_features):
    number = {"x86_64": 56, "aarch64": 220}[platform.machine()]
    for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x8000000, 0x4000000, 0x2000000):
        child = ctypes.CDLL(None).syscall(number, flag | 17, 0, 0, 0, 0)
        if child == 0:
            os._exit(0)
        if child > 0:
            print("LEAK a namespace:", hex(flag))
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
