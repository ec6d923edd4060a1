"""Models as LightGBM trains them: small, and on one thread, so that they are always the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROWS = 400
QUIET: dict[str, Any] = {"verbose": -1, "num_threads": 1, "deterministic": True, "min_data_in_leaf": 3}
BOOSTING: dict[str, dict[str, Any]] = {
    "gbdt": {},
    "dart": {"boosting": "dart", "drop_rate": 0.5},
    "goss": {"boosting": "goss"},
    "rf": {"boosting": "rf", "bagging_fraction": 0.5, "bagging_freq": 1},
}
MISSING: dict[str, dict[str, Any]] = {
    "nan": {},
    "zero": {"zero_as_missing": True},
    "not used": {"use_missing": False},
    "categories": {"min_data_per_group": 1, "max_cat_to_onehot": 1, "cat_smooth": 0},
}
TARGETS: dict[str, Callable[[Floats, np.random.Generator], NDArray[Any]]] = {
    "any": lambda signal, _: signal,
    "positive": lambda signal, _: np.exp(signal / 2),
    "two": lambda signal, _: signal > 0,
    "three": lambda signal, _: np.digitize(signal, [-0.5, 0.5]),
    "share": lambda signal, _: 1 / (1 + np.exp(-signal)),
}
OBJECTIVES: dict[str, tuple[dict[str, Any], str]] = {
    **{name: ({"objective": name}, "any") for name in ("regression", "regression_l1", "huber", "fair")},
    **{name: ({"objective": name}, "any") for name in ("quantile", "mape")},
    "regression sqrt": ({"objective": "regression", "reg_sqrt": True}, "any"),
    **{name: ({"objective": name}, "positive") for name in ("poisson", "gamma", "tweedie")},
    "binary": ({"objective": "binary", "sigmoid": 0.7}, "two"),
    "multiclass": ({"objective": "multiclass", "num_class": 3}, "three"),
    "multiclassova": ({"objective": "multiclassova", "num_class": 3}, "three"),
    **{name: ({"objective": name}, "share") for name in ("cross_entropy", "cross_entropy_lambda")},
    **{name: ({"objective": name}, "three") for name in ("lambdarank", "rank_xendcg")},
}


def features(rows: int = ROWS, seed: int = 0) -> Floats:
    """Numbers, whole ones, categories, zeros, a constant, and gaps."""
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(6, rows))
    columns[1] = rng.integers(0, 5, rows)
    columns[2] = rng.integers(0, 70, rows)
    columns[3] *= rng.random(rows) < 0.4
    columns[4] = rng.integers(0, 3, rows)
    columns[5] = 1
    columns[:4][rng.random((4, rows)) < 0.1] = np.nan
    return np.ascontiguousarray(columns.T)


def target(kind: str, of: Floats) -> NDArray[Any]:
    """What can be learned from the features."""
    rng = np.random.default_rng(1)
    signal = np.nan_to_num(of[:, 0]) + of[:, 4] - 1 + np.nan_to_num(of[:, 2]) % 3 / 2 + rng.normal(size=len(of)) / 5
    return TARGETS[kind](signal, rng)


def trained(
    objective: str, boosting: str = "gbdt", missing: str = "nan", *, rounds: int = 8, rows: int = ROWS, **more: Any
) -> lightgbm.Booster:
    """Train a model."""
    parameters, kind = OBJECTIVES[objective]
    given = features(rows)
    groups = [40] * (rows // 40) if "rank" in objective else None
    parameters = {**QUIET, **parameters, **BOOSTING[boosting], **MISSING[missing], **more}
    categories = [2, 4] if missing == "categories" else []
    data = lightgbm.Dataset(given, target(kind, given), group=groups, categorical_feature=categories)
    return lightgbm.train(parameters, data, rounds)
