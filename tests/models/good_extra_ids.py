import numpy as np
import pandas as pd


def model(live_features):
    index = [*live_features.index, "n_from_last_week"]
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(index))}, index)
