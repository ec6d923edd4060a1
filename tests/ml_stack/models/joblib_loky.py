import os

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

big = np.random.default_rng(0).random((300, 1000))  # more than 1 MB travels as a memory map


def part(features, column):
    assert os.getpid() != parent, "not in a process of its own"
    nested = Parallel(n_jobs=2)(delayed(float)(value) for value in features[:, column])
    return np.array(nested) * big_sum(big)


def big_sum(array):
    return float(array.sum())


def model(live_features):
    global parent
    parent = os.getpid()
    features = live_features.filter(like="feature_").to_numpy()
    sums = Parallel(n_jobs=3)(delayed(part)(features, column) for column in range(features.shape[1]))
    totals = Parallel(n_jobs=2)(delayed(np.sum)(big) for _ in range(4))
    prediction = sum(sums) / (sum(totals) * 6)
    return pd.DataFrame({"prediction": prediction}, live_features.index).clip(0, 1)
