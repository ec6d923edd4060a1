import multiprocessing
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import pandas as pd


def model(live_features):
    values = live_features["feature_2"].to_numpy()
    memory = SharedMemory(create=True, size=values.nbytes)

    def double():
        other = SharedMemory(memory.name)
        np.ndarray(values.shape, values.dtype, other.buf)[:] *= 2
        other.close()

    np.ndarray(values.shape, values.dtype, memory.buf)[:] = values
    child = multiprocessing.get_context("fork").Process(target=double)
    child.start()
    child.join()
    prediction = np.ndarray(values.shape, values.dtype, memory.buf).copy()
    memory.close()
    memory.unlink()
    return pd.DataFrame({"prediction": prediction / 8}, live_features.index)
