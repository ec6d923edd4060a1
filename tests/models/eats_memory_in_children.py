import os
import signal


def model(live_features):
    for _ in range(3):
        if not os.fork():
            held = bytearray(b"x" * (150 * 1024**2))  # noqa
            signal.pause()
    signal.pause()
