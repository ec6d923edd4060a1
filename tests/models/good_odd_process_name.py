import ctypes

import numpy as np
import pandas as pd


def model(live_features):
    ctypes.CDLL(None).prctl(15, b"caf\xc3")
    sum(range(10**7))
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
