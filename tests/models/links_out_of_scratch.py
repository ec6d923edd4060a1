import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    os.symlink("/etc", "etc")
    os.symlink("/proc/self/root", "root")
    for path in ("etc/leak", "root/etc/leak", "root/var/tmp/leak"):
        with contextlib.suppress(OSError):
            open(path, "x").close()
            os.unlink(path)
            print("LEAK", path)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
