import os
import signal


def model(live_features):
    os.kill(os.getpid(), signal.SIGFPE)
