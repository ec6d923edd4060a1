import ctypes
import pathlib

import numpy as np
import pandas as pd


def model(live_features):
    ctypes.CDLL(None).prctl(38, 0, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    if "NoNewPrivs:\t1" not in pathlib.Path("/proc/self/status").read_text():
        print("LEAK programs may give us privileges")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
