import ctypes
import os
import platform

import numpy as np
import pandas as pd


def model(live_features):
    clone, parent_and_sigchld = {"x86_64": 56, "aarch64": 220}[platform.machine()], 0x8000 | 17
    child = ctypes.CDLL(None).syscall(clone, parent_and_sigchld, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    if child > 0:
        print("LEAK a child of the runner (CLONE_PARENT)")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
