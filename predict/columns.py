"""Why a model does not find its features: it was trained on another version of the data than it is run on."""

from __future__ import annotations

import re
from pathlib import Path

from predict.datasets import Datasets
from predict.errors import ModelFailed, RunError

FEATURE = re.compile(r"\bfeature_\w+")
SHOWN = 3


def explain(error: RunError, known: tuple[str, ...], features: Path, datasets: Datasets) -> RunError:
    """The same error, its hint naming the features that the live data lack, and which version has them.

    `known` are the features that the model's code names.
    """
    if error.reason != "model_raised" or "KeyError" not in error.message:
        return error
    missing = _missing(error.message, known, features)
    if not missing:
        return error
    count = "1 feature is" if len(missing) == 1 else f"{len(missing)} features are"
    shown = ", ".join(missing[:SHOWN]) + (", …" if len(missing) > SHOWN else "")
    hint = f"{count} not in {features} ({shown}): the model was trained on another version of the data. "
    versions = datasets.versions_with(missing)
    hint += f"{', '.join(versions)} has them all: run it with --data_version {versions[-1]}." if versions else UNKNOWN
    return ModelFailed("model_raised", error.message, hint=hint, trace=error.trace, problems=error.problems)


UNKNOWN = "Run it with that one (--data_version v5.2, say), or train it again on this one."


def _missing(message: str, known: tuple[str, ...], features: Path) -> list[str]:
    """Those that the error names, and with these those of the code that are not there either."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        there = set(pq.read_schema(features).names)
    except (OSError, pa.ArrowException):  # it was good a moment ago; a hint is not worth another verdict
        return []
    named = {name for name in FEATURE.findall(message) if name not in there}
    return sorted(named | (set(known) - there)) if named else []
