import os


def model(live_features):
    os.mkfifo("nobody")
    open("nobody").read()
