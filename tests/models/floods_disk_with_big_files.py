import contextlib
import signal


def model(live_features):
    for number in range(256):
        with contextlib.suppress(OSError), open(f"big_{number}", "wb") as file:
            file.write(b"x" * 1024**2)
    signal.pause()
