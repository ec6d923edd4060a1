import os


def model(live_features):
    os.closerange(3, 256)
    return live_features
