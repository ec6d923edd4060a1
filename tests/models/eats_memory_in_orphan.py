import os
import signal
import time


def model(live_features):
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        held = bytearray(b"x" * (600 * 1024**2))  # noqa
        time.sleep(60)
        os._exit(0)
    os.wait()
    signal.pause()
