import os
import signal


def model(live_features):
    for _ in range(1_000):
        try:
            if not os.fork():
                signal.pause()
        except OSError:
            break
    signal.pause()
