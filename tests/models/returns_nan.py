import numpy as np
import pandas as pd


def model(live_features):
    values = np.linspace(0, 1, len(live_features))
    values[3] = np.nan
    return pd.DataFrame({"prediction": values}, live_features.index)
