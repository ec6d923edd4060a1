"""The kernel's numbers are LightGBM's, bit by bit, in every way that this processor knows."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from accelerate import trained
from accelerate.kernel import by_kernel, differing, read
from accelerate.matrices import matrix
from accelerate.model_text import model, read_model
from accelerate.recipes import OBJECTIVES, Asked, Matrix, Recipe, asked, examples, matrices, recipes
from predict.sandbox.worker.accelerate.forest import LIBRARY, Declined

pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="no C++ compiler made the kernel when this was installed")

MOST_WORDS = 2047  # of a set of categories
FEW_RANKS, MANY_RANKS = (127, 128, 254, 255, 256, 257), (32_767, 32_768, 65_534, 65_535)
# Where numbers that count something may no longer fit: thresholds of a feature, leaves, trees, columns, classes.
BIG = {
    **{f"{many} thresholds": Recipe(features=1, pool=many, leaves=64, missing="none") for many in FEW_RANKS},
    **{
        f"{many} thresholds": Recipe(
            features=1, pool=many, leaves=250, iterations=400, different=400, form="balanced", missing="none"
        )
        for many in MANY_RANKS
    },
    "1,300 thresholds, and all kinds of missing values": Recipe(features=1, pool=1300, iterations=60, different=60),
    "a chain of 4,096": Recipe(leaves=4096, form="chain to the right", pool=1000, iterations=2),
    "a chain of 4,096 to the left": Recipe(leaves=4096, form="chain to the left", pool=1000, iterations=2),
    "a chain of 256": Recipe(leaves=256, form="chain to the right", pool=1000),
    "a chain of 256 to the left": Recipe(leaves=256, form="chain to the left", pool=1000),
    "a balanced tree of 4,096": Recipe(leaves=4096, form="balanced", pool=5000, iterations=3),
    "a balanced tree of 4,096 sets": Recipe(leaves=4096, form="balanced", categories=1, iterations=1, different=1),
    "large sets": Recipe(categories=1, words=MOST_WORDS, mixed=True),
    "256 leaves": Recipe(leaves=256, form="balanced", pool=1000),
    "257 leaves": Recipe(leaves=257, form="zigzag", pool=1000),
    "5,000 stumps": Recipe(leaves=2, iterations=5000, different=100),
    "5,000 trees": Recipe(leaves=31, iterations=5000, different=50, features=40),
    "1,500 trees of 3 classes": Recipe(leaves=5, iterations=500, classes=3, objective="multiclass num_class:3"),
    "300 classes": Recipe(classes=300, iterations=2, different=20, objective="multiclass num_class:300"),
    "1,100 columns": Recipe(features=1100, iterations=50, different=50, pool=5000),
    "110,000 columns": Recipe(features=110_000, iterations=9, different=9),
    "nothing but constants": Recipe(leaves=1),
}
FEW = {"5,000 trees": 65, "110,000 columns": 3}  # rows that are enough, where a thousand take long
MANY = BIG[f"{MANY_RANKS[-1]} thresholds"]
# What is not for the kernel, and a word of why.
DECLINED: dict[str, Callable[[], str]] = {
    "linear": lambda: trained.trained("regression", linear_tree=True).model_to_string(),
    "NaN": lambda: model(Recipe(values="no numbers")).text,
    "thresholds": lambda: model(replace(MANY, pool=MANY_RANKS[-1] + 1)).text,
    "categories": lambda: model(Recipe(categories=1, words=MOST_WORDS + 1)).text,
    "objective": lambda: model(Recipe(objective="regression_l3")).text,
    "classes": lambda: model(Recipe(classes=2, objective="poisson")).text,
    "version": lambda: model(Recipe(version="v5")).text,
}
QUESTIONS = [Asked(), Asked(raw=True), Asked(first=2, iterations=3)]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_generated_models(objective: str) -> None:
    @examples(20)
    @given(recipes(objective), matrices(), asked())
    def holds(recipe: Recipe, form: Matrix, question: Asked) -> None:
        of = model(recipe)
        assert differing(of.text, matrix(of, form), question) == []

    holds()


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_question(objective: str, average: bool) -> None:
    classes = 3 if "{" in objective else 1
    few = Recipe(classes=classes, average=average, iterations=4, values="scales")
    of = model(replace(few, objective=objective.format(classes)))
    asked_about = matrix(of, Matrix(rows=20))
    for raw, first, iterations in itertools.product((False, True), (-1, 0, 2, 3, 4, 9), (-1, 0, 1, 3, 100)):
        assert differing(of.text, asked_about, Asked(raw, first, iterations)) == []


@pytest.mark.parametrize("name", BIG)
def test_big_models(name: str) -> None:
    of = model(BIG[name])
    rows = FEW.get(name, 1000)
    for form in (Matrix(rows=rows, values="thresholds"), Matrix(rows=rows, double=False, fortran=True)):
        assert differing(of.text, matrix(of, form), Asked(threads=2)) == []


@pytest.mark.parametrize("boosting", trained.BOOSTING)
@pytest.mark.parametrize("objective", trained.OBJECTIVES)
def test_trained_models(objective: str, boosting: str) -> None:
    for missing in trained.MISSING:
        booster = trained.trained(objective, boosting, missing)
        asks_all_of(booster.model_to_string())


@pytest.mark.parametrize("leaves", [255, 256, 257, 4096])
def test_trained_models_of_many_leaves(leaves: int) -> None:
    booster = trained.trained("regression", rounds=2, rows=9000, num_leaves=leaves, min_data_in_leaf=1)
    assert max(tree["num_leaves"] for tree in booster.dump_model()["tree_info"]) == leaves
    asks_all_of(booster.model_to_string())


def asks_all_of(text: str) -> None:
    """Ask a trained model around its own thresholds, and what it was trained on."""
    of = read_model(text)
    for question in QUESTIONS:
        hard = matrix(of, Matrix(double=question.raw, values="thresholds", fortran=question.raw))
        assert differing(text, hard, question) == []
        assert differing(text, trained.features(seed=1).astype(hard.dtype), question) == []


@pytest.mark.parametrize("why", DECLINED)
def test_what_is_declined(why: str) -> None:
    with pytest.raises(Declined, match=why):
        read(DECLINED[why]().encode())


@pytest.mark.parametrize("columns", [0, 4, 6])
def test_a_matrix_of_another_shape_is_declined(columns: int) -> None:
    with pytest.raises(Declined, match="shape"):
        by_kernel(read(model(Recipe(features=5)).text.encode()), np.zeros((3, columns)), Asked(), "")


def test_numbers_between_the_places_where_numbers_belong() -> None:
    """An array may begin at any byte."""
    of = model(Recipe())
    whole = matrix(of, Matrix())
    moved = np.frombuffer(b"-" + whole.tobytes(), np.uint8)[1:].view(whole.dtype).reshape(whole.shape)
    assert not moved.flags.aligned
    assert differing(of.text, moved, Asked()) == []
