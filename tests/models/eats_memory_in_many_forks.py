import os
import signal


def model(live_features):
    for _ in range(40):
        if not os.fork():
            held = b"x" * (20 * 1024**2)  # noqa
            signal.pause()
    signal.pause()
