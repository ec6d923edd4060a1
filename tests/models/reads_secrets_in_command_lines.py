import contextlib
import pathlib

import numpy as np
import pandas as pd


def model(live_features):
    for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if b"PRESIGNED" in file.read_bytes():
                print("LEAK a secret on the command line of", file.parent.name)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
