import math
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pandas as pd


def model(live_features):
    values = live_features["feature_3"].tolist()
    for method in ("fork", "spawn"):
        with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
            values = list(pool.map(math.sqrt, values))
    with ThreadPoolExecutor() as pool:
        values = list(pool.map(math.sqrt, values))
    return pd.DataFrame({"prediction": values}, live_features.index) / 4
