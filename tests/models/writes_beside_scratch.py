import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    for folder in (os.path.dirname(os.getcwd()), "/tmp", "/var/tmp"):
        with contextlib.suppress(OSError):
            os.mkdir(f"{folder}/leak")
            os.rmdir(f"{folder}/leak")
            print("LEAK a new name in", folder)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
