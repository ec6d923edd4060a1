import os

import numpy as np
import pandas as pd


def model(live_features):
    cpus = len(os.sched_getaffinity(0))
    assert int(os.environ["OMP_NUM_THREADS"]) == cpus
    assert os.cpu_count() == cpus
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
