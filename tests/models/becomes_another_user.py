import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    with contextlib.suppress(OSError):
        os.setresuid(65534, 65534, 65534)
        print("LEAK we are another user")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
