import contextlib
import signal


def model(live_features):
    for number in range(3_000):
        with contextlib.suppress(OSError):
            open(f"empty_{number}", "x").close()
    signal.pause()
