import numpy as np
import pandas as pd


def model(live_features):
    values = np.linspace(-1, 1, len(live_features))
    values[0] = np.nan
    index = [live_features.index[1], *live_features.index[1:]]
    return pd.DataFrame({"pred": values, "other": values}, index)
