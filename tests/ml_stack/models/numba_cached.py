import importlib
import os
import sys

import pandas as pd

SOURCE = """
import numba

@numba.njit(parallel=True, cache=True)
def mean(x):
    result = [0.0] * x.shape[0]
    for i in numba.prange(x.shape[0]):
        result[i] = x[i].mean()
    return result
"""


def model(live_features):
    with open("numba_module.py", "w") as file:
        file.write(SOURCE)
    sys.path.insert(0, os.getcwd())
    importlib.invalidate_caches()
    function = importlib.import_module("numba_module").mean
    prediction = function(live_features.filter(like="feature_").to_numpy().astype(float))
    assert any(name.endswith(".nbi") for _, _, names in os.walk(".") for name in names), "no cache was written"
    return pd.DataFrame({"prediction": prediction}, live_features.index) / 4
