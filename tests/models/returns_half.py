import numpy as np
import pandas as pd


def model(live_features):
    half = live_features.index[::2]
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(half))}, half)
