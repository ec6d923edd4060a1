import numba
import pandas as pd


@numba.njit(parallel=True)
def total(x):
    result = 0.0
    for i in numba.prange(x.shape[0]):
        result += x[i]
    return result


@numba.vectorize
def square(value):
    return value * value


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy().astype(float)
    numba.set_num_threads(1)
    prediction = square(features).mean(axis=1) / 16 + total(features[:, 0]) * 1e-6
    return pd.DataFrame({"prediction": prediction}, live_features.index).clip(0, 1)
