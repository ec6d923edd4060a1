import contextlib
import os
import pathlib

import numpy as np
import pandas as pd


def model(live_features):
    for file in pathlib.Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if file.parent.name != str(os.getpid()) and file.read_bytes().strip(b"\0"):
                print("LEAK the environment of", file.parent.name)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
