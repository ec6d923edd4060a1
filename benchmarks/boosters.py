"""Write a large LightGBM model, or live features for it: the trees of a small one, repeated under new numbers.

python boosters.py booster|function FILE TREES FEATURES, or python boosters.py live FILE ROWS FEATURES. Training 90,000
trees would take hours. LightGBM holds each repeated tree apart, as it holds those of a model that was trained so long;
only the thresholds are fewer: those of the trained trees.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pandas as pd

TRAINED = 500  # trees
EXAMPLES = 5000
SEED = 0


def matrix(rows: int, features: int) -> Any:
    """Build the features that all predict on: random, continuous, float32."""
    return np.random.default_rng(SEED).standard_normal((rows, features), dtype=np.float32)


def names(features: int) -> list[str]:
    """Name the features, in models and in live data."""
    return [f"feature_{number:04}" for number in range(features)]


def trained(features: int) -> Any:
    """Train the trees that are repeated; what it is to learn is a sum and noise, so that every feature gets splits."""
    import lightgbm

    values = matrix(EXAMPLES, features)
    target = values.sum(axis=1) + np.random.default_rng(SEED).standard_normal(EXAMPLES)
    data = lightgbm.Dataset(values, target, feature_name=names(features))
    how = {"verbose": -1, "num_leaves": 31, "learning_rate": 0.01, "feature_fraction": 0.3, "num_threads": 1}
    return lightgbm.train(how, data, TRAINED)


def repeat(booster: Any, trees: int) -> None:
    """Let a booster be pickled with so many trees, its own again and again, while it stays as small as it is."""
    state = booster.__getstate__()
    key = next(name for name in ("_handle", "handle") if isinstance(state.get(name), str))
    head, *parts, last = re.split(r"(?=^Tree=|^end of trees)", state[key], flags=re.MULTILINE)
    many = list(_renumbered(parts, trees))
    # LightGBM reads as many trees as there are sizes
    head = re.sub(r"(?m)^tree_sizes=.*$", f"tree_sizes={' '.join(str(len(tree)) for tree in many)}", head)
    state[key] = head + "".join(many) + last
    setattr(type(booster), "__getstate__", lambda _: state)  # noqa: B010  what the larger booster would have said


def _renumbered(parts: list[str], count: int) -> Iterator[str]:
    bodies = [part.partition("\n")[2] for part in parts]
    for number, body in enumerate(islice(cycle(bodies), count)):
        yield f"Tree={number}\n{body}"


def write_booster(path: Path, trees: int, features: int) -> None:
    """Write a `lightgbm.Booster`."""
    booster = trained(features)
    repeat(booster, trees)
    path.write_bytes(cloudpickle.dumps(booster))


def write_function(path: Path, trees: int, features: int) -> None:
    """Write a function with a booster in its closure; it spreads its predictions over [0, 1]."""
    booster = trained(features)
    repeat(booster, trees)

    def predict(live_features: pd.DataFrame) -> pd.DataFrame:
        values = booster.predict(live_features[names(features)])
        return pd.DataFrame({"prediction": (values - values.min()) / np.ptp(values)}, index=live_features.index)

    path.write_bytes(cloudpickle.dumps(predict))


def write_live(path: Path, rows: int, features: int) -> None:
    """Write live features of Numerai's shape, but continuous ones."""
    ids = pd.Index([f"n{number:015x}" for number in range(rows)], name="id")
    frame = pd.DataFrame(matrix(rows, features), ids, names(features))
    frame.insert(0, "era", "1200")
    frame.to_parquet(path)


WRITERS = {"booster": write_booster, "function": write_function, "live": write_live}


def main() -> None:
    """Write one file; a half-written one never has its name."""
    what, path, count, features = sys.argv[1:]
    half = Path(f"{path}.part")
    WRITERS[what](half, int(count), int(features))
    half.replace(path)


if __name__ == "__main__":
    main()
