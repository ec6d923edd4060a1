import numpy as np


def model(live_features):
    for number in range(3):  # more than Docker's 64 MiB; joblib keeps large arrays so
        name = f"/dev/shm/joblib_memmapping_{number}"
        np.memmap(name, dtype="uint8", mode="w+", shape=(40 * 1024**2,))[:] = 1
