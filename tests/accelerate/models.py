"""Models as people pickle them: estimators, boosters, pipelines, closures, and the data that they are asked about."""

from __future__ import annotations

import functools
import importlib.util
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import lightgbm
import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import BaggingRegressor, StackingRegressor, VotingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from accelerate import trained

QUIET: dict[str, Any] = {"n_estimators": 12, "num_leaves": 15, "min_child_samples": 3, "n_jobs": 1, "verbose": -1}
NAMES = list("abcdef")
ODD_NAMES = ["größe", "数", "a.b", "c/d", "Tree=0", "😀"]
regressor = functools.partial(lightgbm.LGBMRegressor, **QUIET)
classifier = functools.partial(lightgbm.LGBMClassifier, **QUIET)


def array(seed: int = 0) -> Any:
    """Numbers and gaps."""
    return trained.features(seed=seed)


def frame(seed: int = 0) -> pd.DataFrame:
    """The same, with names."""
    return pd.DataFrame(array(seed), columns=NAMES)


def whole(seed: int = 0) -> pd.DataFrame:
    """Features of five values, as the tournament has them."""
    return pd.DataFrame(np.random.default_rng(seed).integers(0, 5, (trained.ROWS, 6)).astype("int8"), columns=NAMES)


def categorical(seed: int = 0, *, strange: bool = False) -> pd.DataFrame:
    """Columns of categories; strange ones have others, in another order."""
    rng = np.random.default_rng(seed)
    words = ["red", "green", "blue", "grey"] if strange else ["blue", "green", "red"]
    colour = pd.Categorical(rng.choice(words, trained.ROWS), words)
    size = pd.Categorical(rng.integers(0, 40, trained.ROWS), range(40))
    return frame(seed).assign(c=colour, d=size)


def y(kind: str = "any") -> Any:
    """What is to be learned."""
    return trained.target(kind, array())


def stopped(make: Callable[..., Any], target: Any) -> Any:
    """An estimator that training stopped early."""
    early = lightgbm.early_stopping(2, verbose=False)
    rng = np.random.default_rng(5)
    spoiled = np.where(rng.random(len(target)) < 0.3, rng.permutation(target), target)
    return make(n_estimators=60).fit(frame(), target, eval_set=[(frame(), spoiled)], callbacks=[early])


def custom(truth: Any, score: Any) -> tuple[Any, Any]:
    """An objective of one's own."""
    return score - truth, np.ones_like(score)


def closure() -> Callable[[pd.DataFrame], pd.DataFrame]:
    """What a notebook uploads."""
    booster, names = trained.trained("regression"), NAMES

    def predict(live: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"prediction": booster.predict(live[names])}, index=live.index).rank(pct=True)

    return predict


def two() -> Any:
    """Two estimators."""
    return [("one", regressor()), ("other", regressor(num_leaves=7))]


def dask() -> Any:
    """An estimator of the Dask API with what another one has learned: its own training needs processes."""
    estimator, fitted = lightgbm.DaskLGBMRegressor(**QUIET), regressor().fit(frame(), y())
    for name in vars(fitted):
        if "_" in (name[0], name[-1]):
            setattr(estimator, name, getattr(fitted, name))
    return estimator


MODELS: dict[str, Callable[[], Any]] = {
    "regressor": lambda: regressor().fit(frame(), y()),
    "of arrays": lambda: regressor().fit(array(), y()),
    "whole": lambda: regressor().fit(whole(), y()),
    "one tree": lambda: regressor(n_estimators=1).fit(frame(), y()),
    "large": lambda: regressor(n_estimators=400, num_leaves=63, min_child_samples=1).fit(frame(), y()),
    "odd names": lambda: regressor().fit(frame().set_axis(ODD_NAMES, axis=1), y()),
    "large, of odd names": lambda: regressor(n_estimators=400, num_leaves=63, min_child_samples=1).fit(
        frame().set_axis(ODD_NAMES, axis=1), y()
    ),
    "constant": lambda: regressor().fit(frame(), np.ones(trained.ROWS)),
    "classifier": lambda: classifier().fit(frame(), y("two")),
    "words": lambda: classifier().fit(frame(), np.array(["low", "middle", "high"])[y("three")]),
    "ranker": lambda: lightgbm.LGBMRanker(**QUIET).fit(frame(), y("three"), group=[40] * 10),
    "poisson": lambda: regressor(objective="poisson").fit(frame(), y("positive")),
    "custom": lambda: regressor(objective=custom).fit(frame(), y()),
    "dart": lambda: regressor(boosting_type="dart").fit(frame(), y()),
    "forest": lambda: regressor(boosting_type="rf", subsample=0.5, subsample_freq=1).fit(frame(), y()),
    "linear": lambda: regressor(linear_tree=True).fit(frame().fillna(0), y()),
    "categories": lambda: regressor(min_data_per_group=1).fit(categorical(), y()),
    "stopped": lambda: stopped(regressor, y()),
    "stopped classifier": lambda: stopped(classifier, y("two")),
    "booster": lambda: trained.trained("regression"),
    "booster of a frame": lambda: lightgbm.train(trained.QUIET, lightgbm.Dataset(frame(), y()), 10),
    "booster of categories": lambda: lightgbm.train(trained.QUIET, lightgbm.Dataset(categorical(), y()), 10),
    "booster of three": lambda: trained.trained("multiclass"),
    "pipeline": lambda: make_pipeline(StandardScaler(), regressor()).fit(frame(), y()),
    "voting": lambda: VotingRegressor(two()).fit(frame(), y()),
    "stacking": lambda: StackingRegressor(two(), LinearRegression(), cv=2).fit(frame(), y()),
    "bagging": lambda: BaggingRegressor(regressor(), 3, random_state=0).fit(frame(), y()),
    "several targets": lambda: MultiOutputRegressor(regressor()).fit(frame(), np.column_stack([y(), y("share")])),
    "transformed target": lambda: TransformedTargetRegressor(regressor(), func=np.log, inverse_func=np.exp).fit(
        frame(), y("positive")
    ),
    "calibrated": lambda: CalibratedClassifierCV(classifier(), cv=2).fit(frame(), y("two")),
    "closure": closure,
    "a list of boosters": lambda: [trained.trained(objective) for objective in ("regression", "binary", "tweedie")],
    **({"dask": dask} if importlib.util.find_spec("dask") and importlib.util.find_spec("distributed") else {}),
}


def make(folder: Path) -> None:
    """Train all of them, pickled in a folder; the boosters as texts too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, made in MODELS.items():
            model = made()
            (folder / f"{name}.pkl").write_bytes(cloudpickle.dumps(model))
            if isinstance(model, lightgbm.Booster):
                model.save_model(folder / f"{name}.txt")
