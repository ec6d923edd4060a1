import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    for path in ("/etc/passwd", "/etc/ld.so.preload", "/etc/hosts", "/bin/sh"):
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
            print("LEAK", path)
    for folder in ("/", "/etc", "/usr/bin", "/usr/local/bin", "/var", "/run", "/dev"):
        with contextlib.suppress(OSError):
            os.mkdir(f"{folder}/leak")
            os.rmdir(f"{folder}/leak")
            print("LEAK a new name in", folder)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
