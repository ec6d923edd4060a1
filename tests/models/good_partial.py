import functools

import numpy as np
import pandas as pd


def predict(low, live_features, *, high):
    return pd.DataFrame({"prediction": np.linspace(low, high, len(live_features))}, live_features.index)


model = functools.partial(predict, 0.25, high=0.75)
