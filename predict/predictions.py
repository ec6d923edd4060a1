"""Check what a model returned by the platform's rules, and write it as CSV.

The rules are those of `numerai_tools.submissions.validate_submission_numerai`, and of its like for the other
tournaments; tests/test_predictions.py and tests/test_tournaments.py compare both over generated submissions and list
the few differences with their reasons.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from predict import atomic
from predict.errors import ModelFailed, Problem
from predict.names import Names, names_of, wrong_names
from predict.printable import examples
from predict.submission import Submission
from predict.tournaments import Tournament

# What to_csv writes for a number; float() alone would also take "1_0", " 1" and other digits than ours.
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|True|False|[+-]?(inf|Infinity)", re.ASCII)
ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE = 1e-8, 1e-5  # of numpy.isclose
NO_NAN_IDS = "invalid_submission_ids: Submission must not contain NaNs in the {} column."
DUPLICATES = "invalid_submission_ids: Duplicates detected in {} for live period."
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
    id: str = "id"
    """The ids' name."""

    def write_csv(self, path: Path) -> str:
        """Write what `DataFrame.to_csv` writes, whole or not at all; return its sha256.

        Raises:
            OSError: the file cannot be written; no part of it is left.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([self.id, self.column])
        writer.writerows(zip(self.ids, self.values, strict=True))
        data = text.getvalue().encode()
        atomic.write(path, data)
        return hashlib.sha256(data).hexdigest()


def check(submission: Submission, live: Mapping[str, Sequence[str]], tournament: Tournament) -> Predictions:
    """Check by all rules at once. `live` has the live ids by the names of their columns.

    Raises:
        ModelFailed: with every broken rule as a Problem; the first gives the reason.
    """
    names = names_of(submission, live, tournament)
    ids: list[str | None] = submission.table.column("id").to_pylist()
    values: list[float | str | None] = submission.table.column("value").to_pylist()
    live_ids = live.get(names.id, ())
    known = set(live_ids)
    rows = [(name, value) for name, value in zip(ids, values, strict=True) if name is not None and name in known]
    problems = [
        *wrong_names(names, live, tournament),
        *(_ids(names, ids, [name for name, _ in rows], live_ids, tournament.minimum) if names.id in live else ()),
        *(_values(submission, rows) if names.count else ()),
    ]
    if problems:
        raise _failed(problems)
    return Predictions(
        id=names.id,
        column=names.columns[0],
        ids=[name for name, _ in rows],
        values=[repr(value) if isinstance(value, float) else str(value) for _, value in rows],
        dropped=len(ids) - len(rows),
    )


def _failed(problems: list[Problem]) -> ModelFailed:
    first = problems[0]
    message = " ".join(problem.message for problem in problems)
    return ModelFailed(first.reason, message, problems=tuple(problems))


def _ids(
    names: Names, ids: list[str | None], live_rows: list[str], live_ids: Sequence[str], least: int | None
) -> Iterable[Problem]:
    if not ids:
        who = f"{len(live_ids)} live ids" if least is None else f"at least {least} of {len(live_ids)} live ids"
        yield Problem("no_predictions", f"The model returned no rows; {who} need one each.", TOO_FEW)
        return
    unnamed = ids.count(None)
    if unnamed:
        yield Problem("wrong_index", f"{unnamed} rows have no id in the {names.place}.", NO_NAN_IDS.format(names.id))
    repeated = [name for name, count in Counter(live_rows).items() if count > 1]
    if repeated:
        what = f"{len(repeated)} live ids are there more than once ({examples(repeated)})."
        yield Problem("wrong_index", what, DUPLICATES.format(names.id))
    present = set(live_rows)
    if len(present) < (len(live_ids) if least is None else least):
        missing = [name for name in live_ids if name not in present]
        found = next((name for name in ids if name is not None and name not in present), None)
        instead = f"; the {names.place} has {examples([found])}, for one, instead" if found is not None else ""
        what = f"{len(missing)} of {len(live_ids)} live ids are missing ({examples(missing)}){instead}"
        enough = "" if least is None else f"; at least {least} must be there"
        yield Problem("wrong_index", f"{what}{enough}.", TOO_FEW)


def _values(submission: Submission, rows: list[tuple[str, float | str | None]]) -> Iterable[Problem]:
    """Rules for the values of live ids; the others are not looked at, as on the platform."""
    if not rows:
        return
    wrong = [value for _, value in rows if isinstance(value, str) and not NUMBER.fullmatch(value)]
    # Read back from a CSV, True beside 0.5 is text: the platform would refuse what we accepted
    if wrong or _mixes_truth_values([value for _, value in rows]) or not submission.numeric:
        shown = examples(wrong or [value for _, value in rows])
        yield Problem("not_numeric", f"The predictions are {submission.dtype}, not numbers ({shown}).")
        return
    numbers = [(name, _number(value)) for name, value in rows]
    missing = [name for name, value in numbers if math.isnan(value)]
    if missing:
        yield Problem("nan", f"{len(missing)} predictions are NaN (ids {examples(missing)}).", NO_NANS)
    outside = [(name, value) for name, value in numbers if not (0 <= value <= 1 or math.isnan(value))]
    if outside:
        shown = examples([f"{name}: {value!r}" for name, value in outside], quote=False)
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
