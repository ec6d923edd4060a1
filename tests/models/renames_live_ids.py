import numpy as np
import pandas as pd


def model(live_features):
    live_features.index = [f"mine_{i}" for i in range(len(live_features))]
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
