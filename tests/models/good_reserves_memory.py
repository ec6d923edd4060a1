import numpy as np
import pandas as pd


def model(live_features):
    reserved = np.empty(3 * 10**9, dtype="uint8")
    reserved[:1000] = 1
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
