"""Pickle a model by value and run it with nothing around it: python unguarded.py MODEL.py LIVE PICKLE PREDICTIONS."""

from __future__ import annotations

import importlib.util
import pickle
import sys
from pathlib import Path

import cloudpickle
import pandas as pd


def main() -> None:
    """Run what the pickle holds, not what the file defines: both sides run the same."""
    source, live, pickled, predictions = map(Path, sys.argv[1:])
    spec = importlib.util.spec_from_file_location(f"model_{source.stem}", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pickled.write_bytes(cloudpickle.dumps(module.model))
    model = pickle.loads(pickled.read_bytes())  # noqa: S301  our own
    model(pd.read_parquet(live)).to_csv(predictions)


if __name__ == "__main__":  # processes that the model spawns import this file
    main()
