"""Shapes in words that Python 3.10 brought."""

import numpy as np
import pandas as pd


def framed(values, live):
    return pd.DataFrame({"prediction": np.asarray(values, dtype=float)}, index=live.index)


# %% match
def score(value):
    match value:
        case 0 | 1:
            return 0.1
        case int(number) if number > 3:
            return 0.9
        case _:
            return 0.5


def predict(live):
    return framed([score(int(value)) for value in live["feature_a"]], live)


# %% match_structures
from dataclasses import dataclass


@dataclass
class Weight:
    column: str
    share: float


def share(thing):
    match thing:
        case {"column": str(name), **rest}:
            return name, rest.get("share", 0.1)
        case [str(name), float(number)]:
            return name, number
        case Weight(column=name, share=number):
            return name, number
        case [first, *_]:
            return first, 0.0
    return "feature_a", 0.0


def predict(live):
    things = [{"column": "feature_a"}, ["feature_b", 0.05], Weight("feature_c", 0.05), ["feature_d", 1, 2]]
    return framed(sum(live[name] * number for name, number in map(share, things)), live)


# %% with_parentheses
import contextlib


def predict(live):
    with (
        contextlib.suppress(KeyError),
        np.errstate(all="ignore"),
    ):
        live["nothing"]
    return framed(live["feature_a"] / 4, live)


# %% union_hints
def predict(live: pd.DataFrame, scale: int | float | None = None) -> pd.DataFrame:
    return framed(live["feature_a"] / (scale or 4), live)


# %% dataclass_with_slots
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Settings:
    column: str = "feature_a"
    scale: float = 0.25


SETTINGS = Settings(column="feature_b")


def predict(live):
    return framed(live[SETTINGS.column] * SETTINGS.scale, live)


# %% strict_zip
def predict(live):
    return framed([(a + b) / 8 for a, b in zip(live["feature_a"], live["feature_b"], strict=True)], live)
