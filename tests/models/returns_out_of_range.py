import numpy as np
import pandas as pd


def model(live_features):
    return pd.DataFrame({"prediction": np.linspace(-1, 2, len(live_features))}, live_features.index)
