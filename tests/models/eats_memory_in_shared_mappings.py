import mmap
import signal


def model(live_features):
    held = []
    for _ in range(24):
        held.append(mmap.mmap(-1, 64 * 1024**2))
        held[-1].write(b"x" * 64 * 1024**2)
    signal.pause()
