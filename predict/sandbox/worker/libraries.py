"""Which libraries are installed here."""

from __future__ import annotations

import sys
from pathlib import Path

LIBRARIES = (
    *("cloudpickle", "numpy", "pandas", "pyarrow", "scipy", "scikit-learn", "lightgbm", "xgboost", "xgboost-cpu"),
    *("catboost", "polars", "joblib", "numba", "statsmodels", "torch", "tensorflow", "keras", "jax"),
)


def versions() -> dict[str, str]:
    """Installed versions of the libraries that models use most."""
    found = installed()
    return {name: found[name] for name in LIBRARIES if name in found}


def installed() -> dict[str, str]:
    """Every installed distribution and its version.

    Read from the names of their folders, `{name}-{version}.dist-info` (PEP 427): importlib.metadata opens and
    parses a file for each, which takes as long as the whole check of the predictions.
    """
    found: dict[str, str] = {}
    for folder in map(Path, sys.path):
        for entry in folder.glob("*.dist-info") if folder.is_dir() else ():
            name, _, version = entry.stem.partition("-")
            found.setdefault(name.replace("_", "-").lower(), version)
    return dict(sorted(found.items()))
