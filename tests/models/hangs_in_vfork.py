import ctypes
import signal


def model(live_features):
    ctypes.CDLL(None).vfork()  # the parent stands still until its child has gone
    signal.pause()
