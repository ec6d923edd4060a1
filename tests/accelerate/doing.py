"""What the cases are made of: models that are unpickled, arrays that lie oddly, threads, forks, changes."""

from __future__ import annotations

import gc
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

from accelerate import trained
from accelerate.matrices import matrix
from accelerate.model_text import model as generated
from accelerate.models import NAMES, array, frame, whole, y
from accelerate.recipes import FORMS, LEAVES, MANY_CLASSES, MISSING, ONE_CLASS, THRESHOLDS, Matrix, Recipe

X, F = array(2), frame(2)
HELD: list[Any] = []


class Made:
    """The pickled models; each is unpickled anew for whoever asks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> Any:
        return pickle.loads((self.folder / f"{name}.pkl").read_bytes())  # noqa: S301  our own

    def path(self, name: str) -> Path:
        """A booster's text, as a file."""
        return self.folder / f"{name}.txt"

    def text(self, name: str) -> str:
        """The same, read."""
        return self.path(name).read_text()


def unaligned(numbers: Any) -> Any:
    """An array that begins at an odd address."""
    return np.frombuffer(b"-" + numbers.tobytes(), np.uint8)[1:].view(numbers.dtype).reshape(numbers.shape)


def read_only(numbers: Any) -> Any:
    """An array that cannot be written."""
    numbers = numbers.copy()
    numbers.flags.writeable = False
    return numbers


def mixed() -> pd.DataFrame:
    """A column of each kind of number."""
    kinds = ["float32", "int64", "uint8", "float64", "bool", "uint32"]
    return whole(2).astype(dict(zip(NAMES, kinds, strict=True)))


def at_once(model: Any, threads: int = 4) -> list[Any]:
    """What some threads are told that ask one model for the first time, all at once."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(model.predict, [X[start::threads] for start in range(threads)]))


def in_a_fork(model: Any) -> Any:
    """What a child is told; it has the same model in its memory."""
    with multiprocessing.get_context("fork").Pool(1, HELD.append, (model,)) as pool:
        return pool.apply(ask_held)


def ask_held() -> Any:
    """In the child."""
    return HELD[-1].predict(X)


def again_and_again(text: str) -> list[Any]:
    """Boosters come and go; handles must not be mixed up."""
    kept, told = [], []
    for number in range(30):
        booster = lightgbm.Booster(model_str=text)
        told.append(booster.predict(X[number:], num_iteration=1 + number % 8))
        if number % 7 == 0:
            kept.append(booster)
        del booster
        gc.collect()
    return [*told, *(booster.predict(X) for booster in kept)]


def of_generated(seed: int) -> Any:
    """What a generated model predicts, asked by Python."""
    rng = np.random.default_rng(seed)
    classes = int(rng.choice([1, 3]))
    recipe = Recipe(
        seed=seed,
        objective=str(rng.choice(ONE_CLASS if classes == 1 else MANY_CLASSES)).format(classes),
        classes=classes,
        average=seed % 3 == 0,
        form=str(rng.choice(FORMS)),
        missing=str(rng.choice(MISSING)),
        categories=seed % 2 / 3,
        thresholds=str(rng.choice(THRESHOLDS)),
        values=str(rng.choice(LEAVES)),
    )
    of = generated(recipe)
    asked = matrix(of, Matrix(seed=seed, double=seed % 2 == 0, fortran=seed % 5 == 0))
    booster = lightgbm.Booster(model_str=of.text)
    return [booster.predict(asked), booster.predict(asked, raw_score=True, start_iteration=seed % 4, num_iteration=5)]


def then(model: Any, *changes: Callable[[Any], Any]) -> list[Any]:
    """What a model predicts before, between and after changes; and what each of them returns."""
    told = [model.predict(X)]
    for change in changes:
        returned = change(model)
        told += [None if returned is model else returned, model.predict(X)]
    return told


def trained_on(model: Any, *, rounds: int = 3) -> Any:
    """Another model, whose training goes on where the first one's ended."""
    data = lightgbm.Dataset(F, y("share"), free_raw_data=False)
    return lightgbm.train(trained.QUIET, data, rounds, init_model=model)


def piece_of_a_file(made: Made) -> Any:
    """A file that somebody cut."""
    (made.folder / "piece").write_text(made.text("booster")[:60])
    return lightgbm.Booster(model_file=made.folder / "piece")


def with_another_name(text: str) -> Any:
    """A booster whose text has a name more than features."""
    return lightgbm.Booster(model_str=text.replace("feature_names=", "feature_names=another ", 1))


def read_into(model: Any, text: str) -> Any:
    """A booster that becomes another one."""
    return model.model_from_string(text)


def pickled_again(model: Any) -> Any:
    """What comes out of a pickle."""
    return pickle.loads(pickle.dumps(model))  # noqa: S301  our own
