import ctypes

import numpy as np
import pandas as pd


def model(live_features):
    libc = ctypes.CDLL(None)
    number = libc.shmget(0, 4096, 0o1600)
    if number >= 0:
        libc.shmctl(number, 0, None)
        print("LEAK memory that outlives its process (shmget)")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
