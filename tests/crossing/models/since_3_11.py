"""Shapes in words that Python 3.11 brought."""

import numpy as np
import pandas as pd


def framed(values, live):
    return pd.DataFrame({"prediction": np.asarray(values, dtype=float)}, index=live.index)


# %% except_star
def predict(live):
    found = []
    try:
        raise ExceptionGroup("several", [ValueError(1), KeyError(2), TypeError(3)])
    except* ValueError as group:
        found.append(len(group.exceptions))
    except* (KeyError, TypeError) as group:
        found.append(len(group.exceptions))
    return framed(live["feature_a"] / 4 / sum(found), live)


# %% star_in_index
def predict(live):
    where = (slice(None), 0)
    return framed(live.to_numpy()[*where] / 4, live)


# %% note_and_string_enum
import enum


class Column(enum.StrEnum):
    FIRST = enum.auto()


def predict(live):
    try:
        raise ValueError("no")
    except ValueError as error:
        error.add_note("feature_a")
        return framed(live[error.__notes__[0]] / (4 if Column.FIRST == "first" else 8), live)


# %% datetime_utc
import datetime


def predict(live):
    return framed(live["feature_a"] / (4 if datetime.UTC.utcoffset(None).days == 0 else 8), live)


# %% async_task_group
import asyncio


async def share(values):
    await asyncio.sleep(0)
    return [value / 4 for value in values]


async def gathered(live):
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        task = group.create_task(share(live["feature_a"]))
    return task.result()


def predict(live):
    return framed(asyncio.run(gathered(live)), live)
