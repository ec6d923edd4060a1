import multiprocessing
import os


def model(live_features):
    with multiprocessing.get_context("fork").Pool(1) as pool:
        pool.map(os._exit, [1])
