import numpy as np


def model(live_features):
    return np.ones(10**12)
