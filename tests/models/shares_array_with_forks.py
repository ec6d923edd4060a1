import multiprocessing

import numpy as np
import pandas as pd


def model(live_features):
    shared = np.ones(200 * 1024**2, dtype="uint8")
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=lambda: [shared.sum() for _ in range(2)]) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
