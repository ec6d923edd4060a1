import multiprocessing
from multiprocessing.pool import ThreadPool

import pandas as pd


def model(live_features):
    context = multiprocessing.get_context("fork")
    lock, queue = context.Lock(), context.Queue()
    values = live_features["feature_1"].tolist()
    with lock:
        child = context.Process(target=queue.put, args=(values,))
        child.start()
        values = queue.get()
        child.join()
    with context.Manager() as manager:
        shared = manager.dict(values=values)
        values = list(shared["values"])
    with ThreadPool(4) as pool:
        values = pool.map(float, values)
    return pd.DataFrame({"prediction": values}, live_features.index) / 4
