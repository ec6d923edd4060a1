import os

import numpy as np
import pandas as pd


def model(live_features):
    for folder, mode in (("locked", 0o300), ("locked/locked", 0o300), ("locked/locked/locked", 0)):
        os.mkdir(folder, mode)
    open("locked/locked/file", "x").close()
    os.symlink("/", "locked/locked/root")
    os.mkfifo("locked/fifo")
    for folder in ("locked/locked", "locked", "."):
        os.chmod(folder, 0)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
