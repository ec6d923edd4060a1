import os


def model(live_features):
    os._exit(97)
