import contextlib
import os
import stat

import numpy as np
import pandas as pd


def model(live_features):
    for descriptor in range(1024):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                print("LEAK a socket:", descriptor)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
