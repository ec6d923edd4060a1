import ctypes

import numpy as np
import pandas as pd


def model(live_features):
    if ctypes.CDLL(None).syscall(0x40000000 + 41, 2, 1, 0) >= 0:
        print("LEAK a TCP socket")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
