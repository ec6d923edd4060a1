import os


def model(live_features):
    while True:
        os.write(1, b"no end " * 10_000)
