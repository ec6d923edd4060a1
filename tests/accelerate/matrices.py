"""Matrices that ask a model hard questions: its own thresholds, their neighbours, and numbers at every edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accelerate.model_text import EDGES, Floats, Model
from accelerate.recipes import Matrix

CATEGORIES = np.array(
    [
        *(-1.0, -0.99, -0.5, 0.5, 0.99, 31, 32, 33, 63.7, 64, 127, 127.99, 128, 1000, 2.0**31 - 1, 2.0**31, 2.0**32),
        *(1e10, -1e10, 65_471, 65_472, 65_503, 65_504, 65_534, 65_534.9, 65_535, 65_536, 65_537, 70_000, 131_071),
    ]
)


def matrix(of: Model, form: Matrix) -> NDArray[Any]:
    """Make a matrix for a model."""
    rng = np.random.default_rng(form.seed)
    size = form.rows * of.features
    draws = [draw for kind, draw in VALUES.items() if form.values in (kind, "all of these")]
    numbers = one_of(rng, [draw(rng, of, size) for draw in draws])
    numbers = np.where(rng.random(size) < form.missing, rng.choice([np.nan, np.inf, -np.inf, 0.0], size), numbers)
    with np.errstate(over="ignore"):
        numbers = numbers.astype(np.float64 if form.double else np.float32)
    return np.array(numbers.reshape(form.rows, of.features), order="F" if form.fortran else "C")


def one_of(rng: np.random.Generator, numbers: list[Floats]) -> Floats:
    """Each number from one of several arrays."""
    chosen: Floats = np.stack(numbers)[rng.integers(len(numbers), size=len(numbers[0])), np.arange(len(numbers[0]))]
    return chosen


def near(rng: np.random.Generator, of: Model, size: int) -> Floats:
    """Thresholds and what is beside them, as doubles and as floats."""
    exact = rng.choice(of.thresholds, size)
    with np.errstate(over="ignore"):
        single = exact.astype(np.float32)
        singles = [np.nextafter(single, np.float32(end)).astype(np.float64) for end in (-np.inf, np.inf)]
    return one_of(rng, [exact, np.nextafter(exact, -np.inf), np.nextafter(exact, np.inf), *singles])


def some_categories(rng: np.random.Generator, _: Model, size: int) -> Floats:
    """Small whole numbers, and what is no category."""
    return np.where(rng.random(size) < 0.6, rng.integers(0, 130, size), rng.choice(CATEGORIES, size))


VALUES: dict[str, Callable[[np.random.Generator, Model, int], Floats]] = {
    "edges": lambda rng, _, size: rng.choice(EDGES, size),
    "thresholds": near,
    "plain": lambda rng, _, size: rng.normal(size=size),
    "whole": lambda rng, _, size: rng.integers(-8, 17, size) / 2,
    "categories": some_categories,
}
