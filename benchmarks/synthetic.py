"""Write live features of Numerai's shape and a model that does nothing: python synthetic.py FOLDER ROWS FEATURES."""

from __future__ import annotations

import sys
from pathlib import Path

import cloudpickle
import numpy as np
import pandas as pd

TARGETS = 40
SEED = 0


def predict(live_features: pd.DataFrame) -> pd.DataFrame:
    """Return numbers without looking at the features: what remains is the runner's cost."""
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, index=live_features.index)


def live_features(rows: int, features: int) -> pd.DataFrame:
    """Build features of 0 to 4 as int8, two columns of strings, targets without values, and ids as the index."""
    random = np.random.default_rng(SEED)
    ids = pd.Index([f"n{number:015x}" for number in random.integers(0, 16**15, rows)], name="id")
    values = random.integers(0, 5, (rows, features), dtype=np.int8)
    names = [f"feature_{number:04}" for number in range(features)]
    targets = [f"target_{number:02}" for number in range(TARGETS)]
    parts = [
        pd.DataFrame({"era": "1200", "data_type": "live"}, ids),
        pd.DataFrame(values, ids, names),
        pd.DataFrame(np.nan, ids, targets, dtype="float32"),
    ]
    return pd.concat(parts, axis="columns")


def main() -> None:
    """Write live.parquet and model.pkl; a function of `__main__` travels inside its pickle."""
    folder, rows, features = sys.argv[1:]
    live_features(int(rows), int(features)).to_parquet(Path(folder, "live.parquet"))
    Path(folder, "model.pkl").write_bytes(cloudpickle.dumps(predict))


if __name__ == "__main__":
    main()
