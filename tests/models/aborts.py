import os


def model(live_features):
    os.abort()
