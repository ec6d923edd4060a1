import os

import numpy as np
import pandas as pd


def model(live_features):
    for _ in range(50):
        if not os.fork():
            os._exit(0)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
