import numpy as np


def model(live_features):
    return np.linspace(0, 1, len(live_features))
