import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    calls = [os.setuid, os.seteuid] * bool(os.getuid()) + [os.setgid, os.setegid] * bool(os.getgid())
    for become in calls:
        with contextlib.suppress(OSError):
            become(0)
            print("LEAK we are root")
    with contextlib.suppress(OSError):
        os.setgroups([0])
        print("LEAK groups")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
