import numpy as np


def model(live_features):
    shape = (100 * 1024**2,)  # more than Docker's 64 MiB; joblib keeps large arrays so
    np.memmap("/dev/shm/joblib_memmapping", dtype="uint8", mode="w+", shape=shape)[:] = 1
