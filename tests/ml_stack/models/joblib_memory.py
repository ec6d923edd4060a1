import tempfile

import joblib
import pandas as pd


def total(values):
    calls.append(1)
    return values.sum(axis=1) / 24


calls = []


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy()
    cached = joblib.Memory(tempfile.mkdtemp(), verbose=0).cache(total)
    first, second = cached(features), cached(features)
    assert len(calls) == 1, "not from the cache"
    return pd.DataFrame({"prediction": (first + second) / 2}, live_features.index)
