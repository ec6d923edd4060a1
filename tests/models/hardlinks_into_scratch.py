import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    for path in ("/etc/passwd", "/bin/sh", np.__file__):
        with contextlib.suppress(OSError):
            os.link(path, "mine")
            os.unlink("mine")
            print("LEAK another name for", path)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
