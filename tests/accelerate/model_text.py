"""Model texts as LightGBM writes them, of trees that no training would grow: their numbers are at every edge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accelerate.recipes import Recipe

Floats = NDArray[np.float64]
CATEGORICAL, DEFAULT_LEFT = 1, 2  # bits of a node's decision type
MISSING = {"none": 0, "zero": 4, "nan": 8}

ZERO = float(np.float32(1e-35))  # what LightGBM takes for zero: this much, and less
BESIDE = [ZERO, np.nextafter(ZERO, 0), np.nextafter(ZERO, 1), float(np.nextafter(np.float32(ZERO), np.float32(1)))]
LIMITS = [
    *(np.finfo(np.float32).max, np.finfo(np.float32).tiny, np.finfo(np.float64).tiny, 1e300, 1e308, 3.5e38, 1e-300),
    *(5e-324, 1e-45, 7e-46, 2.0**24 + 1, 2.0**53, 2.0**31, 2.0**63, 0.1, 0.1 + 2**-56, 1 / 3, 1.0, 0.5, 31.5, 32, 63),
]
SIGNED = np.array([0.0, *BESIDE, *LIMITS], dtype=np.float64)
NOT_FINITE = np.array([np.inf, -np.inf, 1, 1e308, -1e308, -0.0], np.float64)
EDGES: Floats = np.concatenate([SIGNED, -SIGNED])

NUMBERS: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "plain": lambda rng, count: rng.normal(size=count),
    "whole": lambda rng, count: rng.integers(-8, 17, count).astype(np.float64) / 2,
    "edges": lambda rng, count: rng.choice(EDGES, count),
    "float32": lambda rng, count: rng.normal(size=count).astype(np.float32).astype(np.float64),
    "scales": lambda rng, count: np.ldexp(rng.normal(size=count), rng.integers(-1074, 1000, count)),
    "minus zero": lambda _, count: np.full(count, -0.0),
    "not finite": lambda rng, count: rng.choice(NOT_FINITE, count),
    "no numbers": lambda _, count: np.full(count, np.nan),
}
# Which leaf the next node splits: the newest one has the node's number.
SPLITS: dict[str, Callable[[np.random.Generator, int], int]] = {
    "leafwise": lambda rng, node: int(rng.integers(node + 1)),
    "balanced": lambda _, node: (node + 1) ^ (1 << (node + 1).bit_length() - 1),
    "chain to the right": lambda _, node: node,
    "chain to the left": lambda _, __: 0,
    "zigzag": lambda rng, node: int(rng.choice([0, node])),
}


class Model(NamedTuple):
    """A model text, and what is worth knowing to ask it hard questions."""

    text: str
    features: int
    thresholds: Floats


class Nodes(NamedTuple):
    """The inner nodes of a tree, and the words of its sets of categories."""

    feature: NDArray[np.int64]
    threshold: Floats
    decision: NDArray[np.int64]
    left: list[int]
    right: list[int]
    words: list[NDArray[np.uint32]]


def model(recipe: Recipe) -> Model:
    """Make a model."""
    rng = np.random.default_rng(recipe.seed)
    pool = NUMBERS[recipe.thresholds](rng, recipe.pool)
    categories = np.flatnonzero(rng.random(recipe.features) < recipe.categories).tolist()
    turns = cycle(pool.tolist())  # so that all of them are used
    bodies = [tree(rng, recipe, turns, categories) for _ in range(recipe.different)]
    count = recipe.iterations * recipe.classes
    trees = [f"Tree={number}\n{bodies[number % len(bodies)]}" for number in range(count)]
    return Model(written(recipe, trees), recipe.features, pool)


def tree(rng: np.random.Generator, recipe: Recipe, pool: Iterator[float], categories: list[int]) -> str:
    """One tree's text but for its first line; some have fewer leaves than they may."""
    leaves = recipe.leaves if rng.random() < 0.7 else int(rng.integers(1, recipe.leaves + 1))
    nodes = split(rng, recipe, leaves - 1, pool, categories)
    values = NUMBERS[recipe.values](rng, leaves) * (0.01 if recipe.values == "plain" else 1)
    return tree_text(nodes, values)


def split(rng: np.random.Generator, recipe: Recipe, count: int, pool: Iterator[float], categories: list[int]) -> Nodes:
    """Draw what the nodes of a tree ask."""
    feature = rng.integers(recipe.features, size=count)
    threshold = np.fromiter(islice(pool, count), np.float64)
    decision = rng.choice([0, DEFAULT_LEFT], count) | missing(rng, recipe, count)
    of_sets = np.flatnonzero(np.isin(feature, categories) & (rng.random(count) < (0.5 if recipe.mixed else 2)))
    decision[of_sets] = CATEGORICAL | rng.choice([0, 4, 8], len(of_sets)) | rng.choice([0, DEFAULT_LEFT])
    threshold[of_sets] = np.arange(len(of_sets))
    words = [category_words(rng, recipe.words) for _ in of_sets]
    return Nodes(feature, threshold, decision, *grown(rng, count, SPLITS[recipe.form]), words)


def missing(rng: np.random.Generator, recipe: Recipe, count: int) -> NDArray[np.int64]:
    """How each node treats what is missing: training decides that by feature, so two models in one may disagree."""
    kinds = list(MISSING.values())
    if recipe.missing == "by node":
        return rng.choice(kinds, count)
    return np.full(count, MISSING.get(recipe.missing, rng.choice(kinds)))


def category_words(rng: np.random.Generator, most: int) -> NDArray[np.uint32]:
    """Draw a set of categories, as bits of so many words at most."""
    count = int(rng.choice([most, rng.integers(1, most + 1)]))
    bits = rng.random(32 * count) < rng.choice([0.05, 0.5, 1])
    return np.packbits(bits, bitorder="little").view(np.uint32)


def grown(
    rng: np.random.Generator, count: int, which: Callable[[np.random.Generator, int], int]
) -> tuple[list[int], list[int]]:
    """The children of each node: a split leaf stays at the left, and the new one is at the right."""
    left, right = [0] * count, [0] * count
    hangs = [(left, 0)]  # where each leaf's number is written
    for node in range(count):
        leaf = which(rng, node)
        children, parent = hangs[leaf]
        children[parent] = node
        left[node], right[node] = ~leaf, ~(node + 1)
        hangs[leaf] = (left, node)
        hangs.append((right, node))
    return left, right


def tree_text(nodes: Nodes, values: Floats) -> str:
    """Write a tree, with counts and gains that no prediction looks at."""
    count = len(nodes.feature)
    weights = joined([10] * (count + 1)) if count else ""
    sets = f"cat_boundaries={joined(boundaries(nodes.words))}\ncat_threshold={joined(words(nodes.words))}\n"
    return (
        f"num_leaves={count + 1}\nnum_cat={len(nodes.words)}\nsplit_feature={joined(nodes.feature)}\n"
        f"split_gain={joined([1] * count)}\nthreshold={floats(nodes.threshold)}\n"
        f"decision_type={joined(nodes.decision)}\nleft_child={joined(nodes.left)}\nright_child={joined(nodes.right)}\n"
        f"leaf_value={floats(values)}\nleaf_weight={weights}\n"
        f"leaf_count={weights or 0}\ninternal_value={joined([0] * count)}\n"
        f"internal_weight={joined([20] * count)}\ninternal_count={joined([20] * count)}\n"
        f"{sets if nodes.words else ''}is_linear=0\nshrinkage=1\n\n\n"
    )


def boundaries(sets: list[NDArray[np.uint32]]) -> list[int]:
    """Where each set's words begin, and the last one's end."""
    return [0, *np.cumsum([len(words) for words in sets]).tolist()]


def words(sets: list[NDArray[np.uint32]]) -> list[int]:
    """The words of all sets."""
    return [int(word) for words in sets for word in words]


def joined(numbers: Iterable[int]) -> str:
    """Write integers."""
    return " ".join(map(str, numbers))


def floats(numbers: Floats) -> str:
    """Write numbers as LightGBM does: seventeen digits, which tell every double from its neighbours."""
    return " ".join(map("{:.17g}".format, numbers.tolist()))


def written(recipe: Recipe, trees: list[str]) -> str:
    """The whole text."""
    names = [f"Column_{number}" for number in range(recipe.features)]
    head = [
        *("tree", f"version={recipe.version}", f"num_class={recipe.classes}"),
        *(f"num_tree_per_iteration={recipe.classes}", "label_index=0", f"max_feature_idx={recipe.features - 1}"),
        *([f"objective={recipe.objective}"] if recipe.objective else []),
        *(["average_output"] if recipe.average else []),
        *(f"feature_names={' '.join(names)}", f"feature_infos={' '.join(['[-1:1]'] * recipe.features)}"),
        f"tree_sizes={joined(map(len, trees))}",
    ]
    tail = "end of trees\n\nfeature_importances:\n\nparameters:\n[boosting: gbdt]\n\nend of parameters\n"
    return "\n".join(head) + "\n\n" + "".join(trees) + tail + "\npandas_categorical:null\n"


def read_model(text: str) -> Model:
    """What is worth knowing of a text that LightGBM wrote."""
    lines = re.findall("^threshold=(.+)", text, re.MULTILINE)
    thresholds = [float(number) for line in lines for number in line.split()]
    features = 1 + int(re.findall("^max_feature_idx=(.*)", text, re.MULTILINE)[0])
    return Model(text, features, np.array(thresholds or [0.0]))
