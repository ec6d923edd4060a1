"""What Hypothesis draws: kinds and sizes of models and of matrices. The numbers themselves come from a seed."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# EXAMPLES=50 runs fifty times as many: for the night before a release.
MORE = int(os.environ.get("EXAMPLES", "1"))

ONE_CLASS = [
    *("regression", "regression sqrt", "regression_l1", "regression_l1 sqrt", "huber", "fair", "poisson", "quantile"),
    *("mape", "gamma", "tweedie", "binary sigmoid:1", "binary sigmoid:0.7", "cross_entropy", "cross_entropy_lambda"),
    *("lambdarank", "rank_xendcg"),
]
MANY_CLASSES = ["multiclass num_class:{}", "multiclassova num_class:{} sigmoid:0.7", ""]
OBJECTIVES = [*ONE_CLASS, *MANY_CLASSES]
FORMS = ["leafwise", "balanced", "chain to the right", "chain to the left", "zigzag"]
MISSING = ["none", "zero", "nan", "by tree", "by node"]
THRESHOLDS = ["plain", "whole", "edges", "float32", "scales"]
LEAVES = ["plain", "whole", "edges", "scales", "minus zero", "not finite"]
CATEGORIES = [0.0, 0.0, 0.2, 1.0]  # the share of features that have them, half of all models having none
# leaves of a tree, trees, trees that differ
SIZES = [(1, 2, 2), (2, 4, 4), (4, 12, 12), (16, 8, 8), (31, 30, 30), (300, 3, 3), (3, 400, 40), (64, 12, 3)]
ROWS = [1, 2, 3, 63, 64, 65, 255, 256, 257, 512, 513, 1000]
VALUES = ["edges", "thresholds", "plain", "whole", "categories", "all of these"]


@dataclass(frozen=True)
class Recipe:
    """What a model is made of: the same recipe always makes the same text."""

    seed: int = 0
    version: str = "v4"
    objective: str = "regression"
    classes: int = 1
    average: bool = False
    features: int = 5
    leaves: int = 31
    iterations: int = 10
    different: int = 10
    form: str = "leafwise"
    missing: str = "by node"
    categories: float = 0.0
    words: int = 4  # of 32 categories each
    mixed: bool = False
    pool: int = 200  # different thresholds
    thresholds: str = "plain"
    values: str = "plain"


@dataclass(frozen=True)
class Matrix:
    """What a matrix is made of; which numbers are at an edge is the model's to say."""

    seed: int = 0
    rows: int = 257
    values: str = "all of these"
    missing: float = 0.1
    double: bool = True
    fortran: bool = False


@dataclass(frozen=True)
class Asked:
    """What `predict` is asked for; -1 iterations are all of them."""

    raw: bool = False
    first: int = 0
    iterations: int = -1
    threads: int = 1


SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def recipes(draw: st.DrawFn, objective: str) -> Recipe:
    """Draw a model: small ones, for the big ones are written by hand."""
    classes = 1 if objective in ONE_CLASS else draw(st.sampled_from([2, 3, 7] if objective else [1, 1, 4]))
    leaves, trees, different = draw(st.sampled_from(SIZES))
    return Recipe(
        seed=draw(SEEDS),
        version=draw(st.sampled_from(["v3", "v4"])),
        objective=objective.format(classes),
        classes=classes,
        average=draw(st.booleans()),
        features=draw(st.sampled_from([1, 2, 5, 9, 40, 300])),
        leaves=leaves,
        iterations=max(1, trees // classes),
        different=different,
        form=draw(st.sampled_from(FORMS)),
        missing=draw(st.sampled_from(MISSING)),
        categories=draw(st.sampled_from(CATEGORIES)),
        mixed=draw(st.booleans()),
        pool=draw(st.sampled_from([2, 20, 400, 3000])),
        thresholds=draw(st.sampled_from(THRESHOLDS)),
        values=draw(st.sampled_from(LEAVES)),
    )


def matrices() -> st.SearchStrategy[Matrix]:
    """Draw a matrix."""
    return st.builds(
        Matrix,
        seed=SEEDS,
        rows=st.sampled_from(ROWS),
        values=st.sampled_from(VALUES),
        missing=st.sampled_from([0.0, 0.1, 0.9]),
        double=st.booleans(),
        fortran=st.booleans(),
    )


def asked() -> st.SearchStrategy[Asked]:
    """Draw a question."""
    first, count = st.sampled_from([0, 1, 2, 5, 1000]), st.sampled_from([-1, 0, 1, 2, 5, 1000])
    return st.builds(Asked, raw=st.booleans(), first=first, iterations=count, threads=st.integers(1, 2))


def examples(number: int) -> settings:
    """Hypothesis' settings for `number` examples, which take as long as they take."""
    return settings(
        max_examples=number * MORE,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
