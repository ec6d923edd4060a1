import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    with contextlib.suppress(OSError):
        os.memfd_create("hidden")
        print("LEAK memory that no process shows (memfd_create)")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
