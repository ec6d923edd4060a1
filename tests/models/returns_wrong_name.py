import numpy as np
import pandas as pd


def model(live_features):
    return pd.DataFrame({"pred": np.linspace(0, 1, len(live_features))}, live_features.index)
