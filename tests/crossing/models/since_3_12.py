"""Shapes in words that Python 3.12 brought."""

import numpy as np
import pandas as pd


def framed(values, live):
    return pd.DataFrame({"prediction": np.asarray(values, dtype=float)}, index=live.index)


# %% type_parameters
def first[T](things: list[T]) -> T:
    return things[0]


def predict(live):
    return framed(live[first(["feature_a"])] / 4, live)


# %% nested_f_string
def predict(live):
    name = f"{f'feature_{"a"}'}"
    return framed(live[name] / 4, live)


# %% generic_class
class Box[T]:
    def __init__(self, value: T) -> None:
        self.value = value


BOX = Box(0.25)


def predict(live):
    return framed(live["feature_a"] * BOX.value, live)


# %% batched
import itertools


def predict(live):
    parts = [sum(part) / len(part) / 4 for part in itertools.batched(live["feature_a"], 5)]
    return framed([part for part in parts for _ in range(5)], live)
