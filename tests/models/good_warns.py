import warnings

import numpy as np
import pandas as pd


def model(live_features):
    warnings.simplefilter("always")
    for number in range(2_000):
        warnings.warn(f"feature {number} is constant")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
