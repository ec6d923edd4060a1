"""Reads damaged texts in a process of its own: `python -m accelerate.judge FIRST END OUT`, a line of OUT for each seed.

A line is begun before its text is read, so that the last one tells which text ended the process. What LightGBM makes
of a text that the kernel accepts is found out in a fork: it does not survive every text.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

import accelerate.bare  # noqa: F401  before what is under test
from accelerate.corpus import CORPUS
from accelerate.damage import damaged
from accelerate.kernel import by_kernel, by_lightgbm, read
from accelerate.model_text import EDGES
from accelerate.recipes import Asked
from predict.sandbox.worker.accelerate.forest import Declined, Forest, ways
from predict.sandbox.worker.accelerate.standin import StandIn
from predict.sandbox.worker.accelerate.text import hold

ROWS, NUMBERS = 70, 1_000_000  # a text may claim any number of columns
ENDINGS = ["the same", "different", "LightGBM refuses it", "declined for its header"]
LOAD = vars(lightgbm.basic)["_LIB"]["LGBM_BoosterLoadModelFromString"]  # the stand-in asks it


def text_of(seed: int) -> str:
    """The damaged text that a seed stands for."""
    chance = random.Random(seed)  # noqa: S311  no secret
    path = chance.choice(sorted(CORPUS.glob("*.txt")))
    return damaged(chance, path.read_text())


def judged(text: str, seed: int) -> str:
    """What becomes of a text."""
    try:
        forest = read(text.encode())
    except Declined:
        return "declined"
    matrix, asked = matrix_for(forest, seed), Asked(raw=seed % 2 == 0, first=seed % 3)
    told = {by_kernel(forest, matrix, asked, way).tobytes() for way in ways()}
    return in_a_fork(text, matrix, asked, told)


def matrix_for(forest: Forest, seed: int) -> NDArray[np.float64]:
    """Numbers of all kinds."""
    rng = np.random.default_rng(seed)
    rows = min(ROWS, 1 + NUMBERS // max(forest.features, forest.classes))
    numbers = rng.normal(size=(rows, forest.features))
    return np.where(rng.random(numbers.shape) < 0.3, rng.choice([*EDGES, np.nan, np.inf], numbers.shape), numbers)


def in_a_fork(text: str, matrix: NDArray[Any], asked: Asked, told: set[bytes]) -> str:
    """How a child ends that compares with LightGBM."""
    child = os.fork()
    if child == 0:
        os._exit(compared(text, matrix, asked, told))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return ENDINGS[status] if status >= 0 else "LightGBM crashes"


def compared(text: str, matrix: NDArray[Any], asked: Asked, told: set[bytes]) -> int:
    """The number of an ending."""
    try:
        if StandIn(hold(text.encode()), LOAD).for_header() is None:  # what Python asks first
            return 3
    except Declined:
        return 3
    try:
        return int(told != {by_lightgbm(lightgbm.Booster(model_str=text), matrix, asked).tobytes()})
    except lightgbm.basic.LightGBMError:
        return 2


if __name__ == "__main__":
    first, end, out = sys.argv[1:]
    with Path(out).open("w") as lines:
        for seed in range(int(first), int(end)):
            lines.write(f"{seed} ")
            lines.flush()
            lines.write(judged(text_of(seed), seed) + "\n")
