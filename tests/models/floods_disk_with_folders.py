import contextlib
import os
import signal


def model(live_features):
    for number in range(3_000):
        with contextlib.suppress(OSError):
            os.makedirs(f"{number % 10}/{number % 100}/{number}")
    signal.pause()
