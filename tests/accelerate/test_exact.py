"""The kernel's numbers are LightGBM's, bit by bit, in every way that this processor knows."""

from __future__ import annotations

import zlib
from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from accelerate.kernel import differing
from accelerate.matrices import matrix, near
from accelerate.model_text import Model, model
from accelerate.recipes import OBJECTIVES, Asked, Matrix, Recipe, asked, examples, matrices, recipes
from predict.sandbox.worker.accelerate.forest import LIBRARY, Declined, Forest, ways

pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="no C++ compiler made the kernel when this was installed")

# Where numbers that count something no longer fit: thresholds of a feature, leaves, trees, columns, classes.
BIG = {
    **{f"{many} thresholds of one feature": Recipe(features=1, pool=many, leaves=64) for many in (127, 128, 129)},
    **{f"{many} thresholds of one feature": Recipe(features=1, pool=many, leaves=64) for many in (254, 255, 256, 257)},
    **{
        f"{many} thresholds of one feature": Recipe(features=1, pool=many, leaves=4096, iterations=24, different=24)
        for many in (32_768, 65_534, 65_535, 65_536, 65_537, 90_000)
    },
    "no missing values, 65,536": Recipe(features=1, pool=65_536, leaves=4096, iterations=24, different=24, missing="none"),
    "a chain of 4,096": Recipe(leaves=4096, form="chain to the right", pool=1000, iterations=2),
    "a chain of 4,096 to the left": Recipe(leaves=4096, form="chain to the left", pool=1000, iterations=2),
    "a balanced tree of 4,096": Recipe(leaves=4096, form="balanced", pool=5000, iterations=3),
    "a balanced tree of 4,096 sets": Recipe(leaves=4096, form="balanced", categories=1, iterations=3),
    "leaves that a byte counts": Recipe(leaves=256, form="balanced", iterations=3, pool=1000),
    "one leaf more": Recipe(leaves=257, form="zigzag", iterations=3, pool=1000),
    "5,000 stumps": Recipe(leaves=2, iterations=5000, different=100),
    "5,000 trees": Recipe(leaves=31, iterations=5000, different=50, features=40),
    "5,000 trees of 7 classes": Recipe(leaves=5, iterations=714, different=50, classes=7, objective="multiclass num_class:7"),
    "300 classes": Recipe(classes=300, iterations=2, different=20, objective="multiclassova num_class:300 sigmoid:1"),
    "1,100 columns": Recipe(features=1100, iterations=50, different=50, pool=5000),
    "70,000 columns": Recipe(features=70_000, iterations=50, different=50, pool=5000),
    "nothing but constants": Recipe(leaves=1),
}
SAMPLES = 600


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_generated_models(objective: str) -> None:
    @examples(40)
    @given(recipes(objective), matrices(), asked())
    def holds(recipe: Recipe, form: Matrix, question: Asked) -> None:
        of = model(recipe)
        assert differing(of.text, matrix(of, form), question) == []

    holds()


@pytest.mark.parametrize("name", BIG)
@pytest.mark.parametrize("double", [False, True], ids=["float32", "float64"])
def test_big_models(name: str, double: bool) -> None:
    of = model(BIG[name])
    rows = 70 if of.features > 10_000 else 1000
    for values in ("thresholds", "all of these"):
        form = Matrix(rows=rows, double=double, values=values, fortran=double)
        assert differing(of.text, matrix(of, form), Asked(threads=2)) == []
