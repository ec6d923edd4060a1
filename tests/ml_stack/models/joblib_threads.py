import pandas as pd
from joblib import Parallel, delayed, parallel_config


def total(row):
    return int(row.sum())


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy()
    threads = Parallel(n_jobs=64, require="sharedmem")(delayed(total)(row) for row in features)
    with parallel_config(backend="threading", n_jobs=-1):
        nested = Parallel()(delayed(total)(row) for row in features)
    forked = Parallel(n_jobs=64, backend="multiprocessing")(delayed(sum)(row.tolist()) for row in features)
    prediction = [(first + second + third) / 72 for first, second, third in zip(threads, nested, forked)]
    return pd.DataFrame({"prediction": prediction}, live_features.index)
