import ctypes


def model(live_features):
    ctypes.string_at(0)
