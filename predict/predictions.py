"""Check what a model returned by the platform's rules, and write it as CSV.

The rules are those of `numerai_tools.submissions.validate_submission_numerai`; tests/test_predictions.py
compares both over generated submissions and lists the few differences with their reasons.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from predict import atomic
from predict.errors import ModelFailed, Problem
from predict.submission import Submission

ACCEPTED = ("prediction", "probability")
# What to_csv writes for a number; float() alone would also take "1_0", " 1" and other digits than ours.
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|True|False|[+-]?(inf|Infinity)", re.ASCII)
ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE = 1e-8, 1e-5  # of numpy.isclose
SHOWN, LENGTH = 3, 100
HEADERS = "invalid_submission_headers: headers must be one of ['id'] and one of ['prediction', 'probability']"
NO_NAN_IDS = "invalid_submission_ids: Submission must not contain NaNs in the id column."
DUPLICATES = "invalid_submission_ids: Duplicates detected in id for live period."
TOO_FEW = "invalid_submission_ids: Not enough stocks submitted. Are you using the latest live ids or live universe?"
NO_NANS = "invalid_submission_values: submission must not contain NaNs"
RANGE = "invalid_submission_values: values must be between 0 and 1 exclusive"
CONSTANT_VALUES = "invalid_submission_values: submission must have non-zero standard deviation"


@dataclass(frozen=True)
class Predictions:
    """Checked predictions, as text, in the order in which the model returned them."""

    column: str
    ids: list[str]
    values: list[str]
    dropped: int
    """Rows for ids that are not live ids."""

    def write_csv(self, path: Path) -> str:
        """Write what `DataFrame.to_csv` writes, whole or not at all; return its sha256.

        Raises:
            OSError: the file cannot be written; no part of it is left.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["id", self.column])
        writer.writerows(zip(self.ids, self.values, strict=True))
        data = text.getvalue().encode()
        atomic.write(path, data)
        return hashlib.sha256(data).hexdigest()


def check(submission: Submission, live_ids: Sequence[str]) -> Predictions:
    """Check by all rules at once.

    Raises:
        ModelFailed: with every broken rule as a Problem; the first gives the reason.
    """
    ids: list[str | None] = submission.table.column("id").to_pylist()
    values: list[float | str | None] = submission.table.column("value").to_pylist()
    live = set(live_ids)
    rows = [(name, value) for name, value in zip(ids, values, strict=True) if name is not None and name in live]
    problems = [
        *_columns(submission),
        *_index(ids, [name for name, _ in rows], live_ids),
        *(_values(submission, rows) if submission.count else ()),
    ]
    if problems:
        raise _failed(problems)
    return Predictions(
        column=submission.columns[0],
        ids=[name for name, _ in rows],
        values=[repr(value) if isinstance(value, float) else str(value) for _, value in rows],
        dropped=len(ids) - len(rows),
    )


def _failed(problems: list[Problem]) -> ModelFailed:
    first = problems[0]
    message = " ".join(problem.message for problem in problems)
    return ModelFailed(first.reason, message, problems=tuple(problems))


def _columns(submission: Submission) -> Iterable[Problem]:
    columns, count = submission.columns, submission.count
    if count == 1 and list(columns) in [[name] for name in ACCEPTED]:
        return
    if count == 0:
        what = "The predictions have no column"
    elif count == 1:
        what = f"The predictions' column is named {_examples(columns)}"
    else:
        what = f"The predictions have {count} columns ({_examples(columns, count)})"
    yield Problem("wrong_columns", f"{what}; exactly one named 'prediction' is needed.", HEADERS)


def _index(ids: list[str | None], live_rows: list[str], live_ids: Sequence[str]) -> Iterable[Problem]:
    if not ids:
        yield Problem("no_predictions", f"The model returned no rows; {len(live_ids)} live ids need one each.", TOO_FEW)
        return
    unnamed = ids.count(None)
    if unnamed:
        yield Problem("wrong_index", f"{unnamed} rows have no id in the index.", NO_NAN_IDS)
    repeated = [name for name, count in Counter(live_rows).items() if count > 1]
    if repeated:
        yield Problem(
            "wrong_index", f"{len(repeated)} live ids are there more than once ({_examples(repeated)}).", DUPLICATES
        )
    present = set(live_rows)
    missing = [name for name in live_ids if name not in present]
    if missing:
        found = next((name for name in ids if name is not None and name not in present), None)
        instead = f"; the index has {_examples([found])}, for one, instead" if found is not None else ""
        yield Problem(
            "wrong_index",
            f"{len(missing)} of {len(live_ids)} live ids are missing ({_examples(missing)}){instead}.",
            TOO_FEW,
        )


def _values(submission: Submission, rows: list[tuple[str, float | str | None]]) -> Iterable[Problem]:
    """Rules for the values of live ids; the others are not looked at, as on the platform."""
    if not rows:
        return
    wrong = [value for _, value in rows if isinstance(value, str) and not NUMBER.fullmatch(value)]
    # Read back from a CSV, True beside 0.5 is text: the platform would refuse what we accepted
    if wrong or _mixes_truth_values([value for _, value in rows]) or not submission.numeric:
        shown = _examples(wrong or [value for _, value in rows])
        yield Problem("not_numeric", f"The predictions are {submission.dtype}, not numbers ({shown}).")
        return
    numbers = [(name, _number(value)) for name, value in rows]
    missing = [name for name, value in numbers if math.isnan(value)]
    if missing:
        yield Problem("nan", f"{len(missing)} predictions are NaN (ids {_examples(missing)}).", NO_NANS)
    outside = [(name, value) for name, value in numbers if not (0 <= value <= 1 or math.isnan(value))]
    if outside:
        shown = _examples([f"{name}: {value!r}" for name, value in outside], quote=False)
        yield Problem("out_of_range", f"{len(outside)} predictions are outside [0, 1] ({shown}).", RANGE)
    present = [value for _, value in numbers if math.isfinite(value)]
    if _is_constant(present):
        what = f"All {len(present)} predictions are {present[0]!r}, or as good as"
        yield Problem("constant", f"{what}: their standard deviation is 0.", CONSTANT_VALUES)


def _mixes_truth_values(values: list[float | str | None]) -> bool:
    return len({value in ("True", "False") for value in values if value is not None}) > 1


def _number(value: float | str | None) -> float:
    match value:
        case None:
            return math.nan
        case "True" | "False":
            return float(value == "True")
        case _:
            return float(value)


def _is_constant(values: list[float]) -> bool:
    """Sample standard deviation ~0, as numpy.isclose sees it; a single row has none, which passes."""
    if len(values) < 2:  # noqa: PLR2004  n - 1 degrees of freedom
        return False
    try:
        mean = math.fsum(values) / len(values)
        variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    except OverflowError:  # numbers around 1e300, which are out of range as it is
        return False
    deviation = math.sqrt(variance)
    return deviation <= ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * deviation


def _examples(items: Sequence[object], count: int | None = None, *, quote: bool = True) -> str:
    shown = ", ".join((repr(item) if quote else str(item))[:LENGTH] for item in items[:SHOWN])
    return f"{shown}, …" if (count or len(items)) > SHOWN else shown
