import multiprocessing
import operator

import pandas as pd


def model(live_features):
    values = live_features["feature_0"].tolist()
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            values = pool.map(operator.neg, values)
    return pd.DataFrame({"prediction": values}, live_features.index).rank(pct=True)
