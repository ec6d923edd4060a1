"""Pickles that are large in the ways in which models are: one long text, arrays, or single numbers, the worst of all.

The text's trees are those of a small booster, repeated under new numbers; the forest's are one forest's, as copies.
"""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
from boosters import repeat


def lightgbm(path: Path, size: int) -> None:
    """Write a function that predicts with a booster."""
    import lightgbm as lgb

    rng = np.random.default_rng(0)
    features = rng.random((2_000, 32))
    target = features @ rng.random(32) + rng.random(2_000)
    booster = lgb.train({"verbose": -1, "num_leaves": 31}, lgb.Dataset(features, target), 100)
    repeat(booster, size * booster.num_trees() // len(booster.model_to_string()) + 1)

    def predict(live_features: Any) -> Any:
        return booster.predict(live_features)

    path.write_bytes(cloudpickle.dumps(predict))


def random_forest(path: Path, size: int) -> None:
    """Write an estimator of scikit-learn."""
    from sklearn.ensemble import RandomForestRegressor

    rng = np.random.default_rng(0)
    forest = RandomForestRegressor(10, random_state=0, n_jobs=1).fit(rng.random((20_000, 8)), rng.random(20_000))
    one = len(pickle.dumps(forest)) // 10
    forest.estimators_ = [copy.deepcopy(tree) for _ in range(size // one // 10 + 1) for tree in forest.estimators_]
    path.write_bytes(cloudpickle.dumps(forest))


def one_array(path: Path, size: int) -> None:
    """Write float64 numbers in one piece."""
    path.write_bytes(cloudpickle.dumps(np.random.default_rng(0).random(size // 8)))


def single_numbers(path: Path, size: int) -> None:
    """Write a list of floats."""
    path.write_bytes(cloudpickle.dumps(np.random.default_rng(0).random(size // 9).tolist()))
