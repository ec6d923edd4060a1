import os
import signal


def model(live_features):
    if not os.fork():
        os.setsid()
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        print("daemon", os.getpid(), flush=True)
    signal.pause()
