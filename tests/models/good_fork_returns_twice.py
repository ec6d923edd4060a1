import os

import numpy as np
import pandas as pd


def model(live_features):
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
