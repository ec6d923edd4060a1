import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, range(os.cpu_count()))
    if len(os.sched_getaffinity(0)) > 1:
        print("LEAK", len(os.sched_getaffinity(0)), "processors")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
