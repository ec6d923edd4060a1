import contextlib
import os
import signal


def model(live_features):
    for number in range(8):
        with contextlib.suppress(OSError), open(f"big_{number}", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 32 * 1024**2)
    signal.pause()
