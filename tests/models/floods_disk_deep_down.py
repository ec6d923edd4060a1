import contextlib
import os
import signal


def model(live_features):
    for _ in range(300):
        os.mkdir("d")
        os.chdir("d")
    for number in range(8):
        with contextlib.suppress(OSError), open(f"big_{number}", "wb") as file:
            file.write(b"x" * 32 * 1024**2)
    signal.pause()
