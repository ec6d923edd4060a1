import multiprocessing.shared_memory
import os

import numpy as np
import pandas as pd


def model(live_features):
    os.makedirs("/dev/shm/left_by_model/d/d")
    open("/dev/shm/left_by_model/d/file", "x").close()
    shared = multiprocessing.shared_memory.SharedMemory(create=True, size=1024)
    print("shm left_by_model", shared.name)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
