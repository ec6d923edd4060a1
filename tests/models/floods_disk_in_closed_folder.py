import contextlib
import os
import signal


def model(live_features):
    os.mkdir("closed", 0o300)  # to be written, not to be read
    for number in range(8):
        with contextlib.suppress(OSError), open(f"closed/big_{number}", "wb") as file:
            file.write(b"x" * 32 * 1024**2)
    signal.pause()
