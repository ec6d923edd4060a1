import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    for path in (np.__file__, "/etc/passwd", "/etc/hosts"):
        with contextlib.suppress(OSError):
            os.truncate(path, os.stat(path).st_size)
            print("LEAK the size of", path)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
