import os
import signal


def model(live_features):
    for _ in range(1_000):
        try:
            if not os.fork():
                os._exit(0)
        except OSError:
            break
    signal.pause()
