import numpy as np
import pandas as pd
import scipy.optimize
import scipy.sparse.linalg
import scipy.stats

matrix = scipy.sparse.random(40, 40, 0.2, random_state=0).tocsc() + scipy.sparse.eye(40) * 5


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy().astype(float)
    solved = scipy.sparse.linalg.spsolve(matrix, features.mean(axis=1))
    best = scipy.optimize.minimize(lambda weights: ((features @ weights - solved) ** 2).sum(), np.ones(6)).x
    ranks = scipy.stats.rankdata(features @ best) / (len(features) + 1)
    return pd.DataFrame({"prediction": ranks}, live_features.index)
