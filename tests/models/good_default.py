import numpy as np
import pandas as pd


def model(live_features, benchmarks=None):
    assert benchmarks is None
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
