import itertools


def model(live_features):
    rows = iter([1])
    for _ in range(1_000_000):
        rows = itertools.chain(rows)
    return next(rows)
