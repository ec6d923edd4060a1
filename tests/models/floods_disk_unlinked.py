import contextlib
import os
import signal


def model(live_features):
    held = [open(f"big_{number}", "wb") for number in range(8)]
    for file in held:
        os.unlink(file.name)
        with contextlib.suppress(OSError):
            file.write(b"x" * 32 * 1024**2)
            file.flush()
    signal.pause()
