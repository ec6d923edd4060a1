import multiprocessing
import operator

import pandas as pd


def model(live_features):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        ranks = pool.map(operator.neg, range(len(live_features)))
    return pd.DataFrame({"prediction": ranks}, live_features.index).rank(pct=True)
