import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    scratch = os.getcwd()
    with contextlib.suppress(OSError):
        os.rename(scratch, scratch + "-moved")
        os.rename(scratch + "-moved", scratch)
        print("LEAK scratch can be moved")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
