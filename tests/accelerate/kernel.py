"""Asks the kernel and LightGBM the same, and holds their answers together."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from accelerate.recipes import Asked
from predict.sandbox.worker.accelerate.forest import Forest, Matrix, ways
from predict.sandbox.worker.accelerate.text import address, hold

GUARD = 16  # numbers behind the answer that nobody may touch
CANARY = -7.25


def read(text: bytes) -> Forest:
    """Let the kernel read a model text."""
    held = hold(text)
    return Forest(address(held), held.size)


def differing(text: str, matrix: NDArray[Any], asked: Asked) -> list[str]:
    """The ways of the kernel that do not answer with LightGBM's own bits."""
    forest = read(text.encode())
    expected = by_lightgbm(lightgbm.Booster(model_str=text), matrix, asked)
    return [way for way in ("", *ways()) if by_kernel(forest, matrix, asked, way).tobytes() != expected.tobytes()]


def by_lightgbm(booster: lightgbm.Booster, matrix: NDArray[Any], asked: Asked) -> NDArray[np.float64]:
    """What LightGBM predicts, one row after the other."""
    start, count = asked.first, asked.iterations
    told = booster.predict(matrix, start, count, raw_score=asked.raw, num_threads=1)
    return np.asarray(told, np.float64).ravel()


def by_kernel(forest: Forest, matrix: NDArray[Any], asked: Asked, way: str) -> NDArray[np.float64]:
    """What the kernel writes; the room for it is full of something else before."""
    rows, columns = matrix.shape
    size = rows * forest.classes
    room = np.full(size + GUARD, CANARY)
    where = matrix.ctypes.data, int(matrix.dtype == np.float64), rows, columns, int(matrix.flags.c_contiguous)
    forest.predict(
        Matrix(*where),
        room.ctypes.data,
        first=asked.first,
        iterations=asked.iterations,
        raw=asked.raw,
        threads=asked.threads,
        way=way,
    )
    assert (room[size:] == CANARY).all()
    return room[:size]
