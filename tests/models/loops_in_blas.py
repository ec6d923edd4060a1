import numpy as np


def model(live_features):
    square = np.eye(1000)
    while True:
        square = square @ square
