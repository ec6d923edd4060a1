import os


def model(live_features):
    os.execvp("sleep", ["sleep", "600"])
