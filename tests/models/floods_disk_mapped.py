import ctypes
import os
import signal


def model(live_features):
    for _ in range(8):
        with open("big", "w+b") as file:
            os.unlink("big")
            file.write(b"x" * 32 * 1024**2)
            file.flush()  # from here on only the mapping keeps it
            ctypes.CDLL(None).mmap(None, ctypes.c_size_t(4096), 1, 1, file.fileno(), ctypes.c_long(0))
    signal.pause()
