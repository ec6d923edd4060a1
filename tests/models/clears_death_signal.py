import ctypes

import numpy as np
import pandas as pd


def model(live_features):
    number = ctypes.c_int(-1)
    libc = ctypes.CDLL(None)
    libc.prctl(1, 0, 0, 0, 0)  # PR_SET_PDEATHSIG
    libc.prctl(2, ctypes.byref(number), 0, 0, 0)
    if number.value == 0:
        print("LEAK we outlive the runner")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
