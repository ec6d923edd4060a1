import os
import signal


def model(live_features):
    for _ in range(2000):
        os.mkdir("d")
        os.chdir("d")
    signal.pause()
