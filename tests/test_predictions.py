from __future__ import annotations

import functools
import io
import math
import numbers
import subprocess  # noqa: TID251  only a child can run into a limit without taking the tests along
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from numerai_tools import submissions as official

from predict.errors import ModelFailed, ModelReason, Problem
from predict.predictions import Predictions, check
from predict.sandbox.worker.answer import send_answer
from predict.sandbox.worker.channel import Channel
from predict.sandbox.worker.tournament import Tournament as Names
from predict.submission import Submission
from predict.tournaments import CLASSIC, Tournament

LIVE = ["n0003aa52cab36c2", "n000920ed083903f", "n0038e640522c4a6", "n003d773d29b57ec", "n004f4d1c8d9b0b2"]
QUOTED = ["a,b", 'quo"te', "new\nline", "идентификатор", " space "]  # what CSV must quote, and what it must not touch
NUMBERED = ["0", "1", "2", "3"]
RIGHT = [0.25, 0.5, 0.75, 0.0, 1.0]
PANDAS_3 = int(pd.__version__.partition(".")[0]) >= 3
VALIDATE: Any = getattr(official, "validate_submission_numerai", None)  # the older package has only its parts


# Our verdict: the worker's encoder, then the supervisor's check


class Sent(Channel):
    """Keeps what the worker says instead of writing it to a pipe."""

    def __init__(self) -> None:
        super().__init__(descriptor=-1)
        self.submission: Submission

    def send(self, message: dict[str, Any], payload: pa.Table | None = None) -> None:
        """Take the answer."""
        header = {name: message[name] for name in ("id", "columns", "count", "dtype", "numeric")}
        self.submission = Submission(**header, table=payload)


def sent(frame: pd.DataFrame, tournament: Tournament = CLASSIC) -> Submission:
    channel = Sent()
    send_answer(frame, channel, Names.from_json(tournament.for_worker()))
    return channel.submission


def checked(submission: Submission, live: list[str]) -> Predictions:
    return check(submission, {"id": live}, CLASSIC)


def broken_rules(submission: Submission, live: list[str]) -> tuple[Problem, ...]:
    try:
        checked(submission, live)
    except ModelFailed as error:
        return error.problems
    return ()


def reasons(submission: Submission, live: list[str]) -> set[ModelReason]:
    return {problem.reason for problem in broken_rules(submission, live)}


# The platform's verdict


def refusal(frame: pd.DataFrame, live: list[str]) -> Exception | None:
    """What the platform's own validator raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are errors in our tests, not on the platform
        try:
            validate(pd.Series(live), frame.rename_axis(index="id").reset_index())
        except Exception as error:  # noqa: BLE001  whatever it raises refuses the submission
            return error
    return None


def validate(live: pd.Series[Any], table: pd.DataFrame) -> None:
    if VALIDATE is not None:
        VALIDATE(live, table)
        return
    id_column, column = official.validate_headers_numerai(table)
    rows, _ = official.validate_ids_numerai(live, table, id_column)
    official.validate_values(rows, column)


def refusal_of_file(csv: str, live: list[str]) -> Exception | None:
    """What the validator raises for the file, which is all that the platform gets."""
    return refusal(pd.read_csv(io.StringIO(csv), dtype={"id": str}, index_col="id"), live)


# Odd submissions


@dataclass(frozen=True)
class Case:
    """What a model returned for the live ids."""

    live: list[str]
    frame: pd.DataFrame

    @property
    def index(self) -> pd.Index[Any]:
        """What should be the live ids."""
        return self.frame.index

    @property
    def kept(self) -> pd.DataFrame:
        """The rows for live ids."""
        return self.frame[[str(name) in self.live for name in self.index]]

    @property
    def dtype(self) -> Any:
        """That of the first column."""
        return self.frame.dtypes.iloc[0] if len(self.frame.columns) else None

    @property
    def cells(self) -> list[Any]:
        """What the first column holds for live ids."""
        return list(self.kept.iloc[:, 0]) if len(self.frame.columns) else []

    @property
    def other_cells(self) -> list[Any]:
        """What the first column holds for other ids."""
        return list(self.frame[[str(name) not in self.live for name in self.index]].iloc[:, 0])


def predicted(cells: list[Any], dtype: str = "float64", index: Any = None, live: list[str] | None = None) -> Case:
    live = LIVE[: len(cells)] if live is None else live
    return Case(live, pd.DataFrame({"prediction": column(dtype, cells)}).set_axis(live if index is None else index))


def column(dtype: str, cells: list[Any]) -> pd.Series[Any]:
    with np.errstate(all="ignore"):  # 1e300 becomes infinite as a float32
        return pd.Series(cells, dtype=dtype)


def lists(cells: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(cells, min_size=size, max_size=size)


def with_one(odd: st.SearchStrategy[Any], usual: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[list[Any]]:
    """One odd cell among usual ones; it comes first because the index is in any order."""
    return st.builds(lambda cell, cells: [cell, *cells][: len(cells)], odd, usual)


EDGES = [0.0, -0.0, 1.0, 5e-324, 1e-300, 1e-9, 1e-5, 0.1, 1 - 2**-53]
INSIDE = st.floats(0, 1) | st.floats(0, 1, width=32) | st.sampled_from(EDGES)


def nearly_constant(size: int) -> st.SearchStrategy[list[float]]:
    start = st.sampled_from([0.0, 0.1, 0.5, 0.7, 1 - 1e-6]) | INSIDE
    step = st.sampled_from([0.0, 1e-10, 1e-9, 5e-9, 1e-8, 2e-8, 6e-8, 1e-7])
    counts = lists(st.integers(0, 3), size)
    return st.builds(lambda a, b, many: [a + b * count for count in many], start, step, counts)


SLIGHTLY_OUTSIDE = [-5e-324, 1 + 2**-52, -1e-9, 1 + 1e-9, -1.1e-8, -1e-6, 1 + 1e-6, 1 + 1.1e-5]
OUTSIDE = st.sampled_from([*SLIGHTLY_OUTSIDE, 2.0, -1.0, 1e300, -1e300, math.inf, -math.inf, math.nan])
MORE_PRECISE = [Decimal("1.00000000000000000000001"), Decimal("-1e-400")]  # than a float
SMALL = Decimal(f"1.{'0' * 100}E-300")
LONG = [SMALL, Decimal("0." + "12" * 80)]
ODD_CELLS = [*MORE_PRECISE, *LONG, None, pd.NA, Decimal("NaN"), Decimal("Infinity"), 10**400, np.True_, np.float16(0.1)]
NO_NUMBERS = ["x", "nan", "1_0", b"0.5", 0.5 + 0j, [0.5], pd.Timestamp("2020-01-01"), Fraction(1, 3)]
KINDS = [
    INSIDE,
    INSIDE | OUTSIDE,
    INSIDE.map(Decimal),
    INSIDE.map(np.float32),
    st.integers(0, 1),
    st.booleans(),
    st.fractions(0, 1, max_denominator=4),
    st.sampled_from(["0.25", "0.5"]),
]
FLOATS = [
    *("float64", "float32", "float16", "longdouble", "Float64", "Float32", "double[pyarrow]", "float[pyarrow]"),
    *("Sparse[float64]", "category", "object", "str", "string", "complex128"),
]
INTEGERS = [
    *("int8", "int16", "int32", "int64", "uint8", "uint64", "Int64", "UInt8", "int8[pyarrow]", "Sparse[int64]"),
    *("category", "object", "datetime64[ns]", "timedelta64[ns]"),
]
TRUTH_VALUES = ["bool", "boolean", "bool[pyarrow]", "Sparse[bool]", "category", "object"]
WITH_GAPS = ["Int64", "Float64", "boolean", "int8[pyarrow]", "category", "object", "float64"]


@functools.cache  # building them takes longer than drawing from them
def columns(size: int) -> st.SearchStrategy[pd.Series[Any]]:
    inside = lists(INSIDE, size)
    floats = st.one_of(inside, with_one(OUTSIDE, inside), nearly_constant(size), lists(INSIDE | OUTSIDE, size))
    alike = st.sampled_from(KINDS).flatmap(lambda kind: lists(kind, size))
    odd = st.one_of(*KINDS, st.sampled_from(ODD_CELLS), st.sampled_from(NO_NUMBERS))
    zeros_and_ones = lists(st.integers(0, 1), size)
    return st.one_of(
        floats.map(functools.partial(column, "float64")),
        st.builds(column, st.sampled_from(FLOATS), floats),
        st.builds(column, st.sampled_from(INTEGERS), with_one(st.integers(0, 2), zeros_and_ones)),
        st.builds(column, st.sampled_from(TRUTH_VALUES), lists(st.booleans(), size)),
        st.builds(column, st.sampled_from(WITH_GAPS), with_one(st.none(), zeros_and_ones)),
        st.builds(column, st.just("object"), alike | with_one(odd, alike)),
    )


IDS: list[Callable[[list[str]], list[Any]]] = [
    list,
    lambda ids: ids[1:],
    lambda ids: [*ids, *ids[:1]],
    lambda ids: [*ids, "other", "another"],
    lambda ids: [*ids, "other", "other"],
    lambda ids: [*ids, None],
    lambda ids: [*ids, math.nan],
    lambda _: [],
]
INDEXES: list[Callable[[list[Any]], pd.Index[Any]]] = [
    pd.Index,
    lambda ids: pd.Index(ids, dtype=object),
    pd.CategoricalIndex,
    lambda ids: pd.Index([name.encode() if isinstance(name, str) else name for name in ids], dtype=object),
    lambda ids: pd.MultiIndex.from_arrays([ids]),
    lambda ids: pd.MultiIndex.from_arrays([ids, ids]),
    lambda ids: pd.RangeIndex(len(ids)),
    lambda ids: pd.Index(np.arange(len(ids), dtype="int8")),
    lambda ids: pd.Index(np.arange(len(ids), dtype="float64")),
    lambda ids: pd.date_range("2020-01-01", periods=len(ids)),
]
ONE_NAME: list[list[Any]] = [
    *(["prediction"], ["probability"], ["predictions"], ["Prediction"], ["prediction "], ["x" * 300], [0], [None])
]
TWO_NAMES: list[list[Any]] = [
    *(["prediction", "prediction"], ["prediction", "probability"], ["id", "prediction"], [("prediction", "x")])
]
NAMES: list[list[Any]] = [*ONE_NAME, *TWO_NAMES, []]


@st.composite
def cases(draw: st.DrawFn, oddities: tuple[str, ...] = ("values", "values", "ids", "index", "names", "all")) -> Case:
    """One thing is odd at a time, most of the time: two oddities hide each other."""
    odd = draw(st.sampled_from(oddities))
    whole = draw(st.sampled_from([LIVE, QUOTED, NUMBERED]))
    live = whole[: draw(st.integers(1, len(whole)))]
    ids = draw(st.sampled_from(IDS if odd in ("ids", "all") else [IDS[0], IDS[3]]))(live)
    index = draw(st.sampled_from(INDEXES if odd in ("index", "all") else INDEXES[:3]))(draw(st.permutations(ids)))
    names = draw(st.sampled_from(NAMES if odd in ("names", "all") else NAMES[:2]))
    values = draw(columns(len(ids)))
    frame = pd.concat([values.set_axis(index)] * len(names), axis=1) if names else pd.DataFrame(index=index)
    frame.columns = pd.Index(names, dtype=object)
    label: Any = draw(st.sampled_from(["id", None, 0]))
    return Case(live, frame.rename_axis(index=[label] * index.nlevels))


# Where both verdicts differ, and why


@dataclass(frozen=True)
class Difference:
    """A rule that we break with, on purpose or because the file that we write says something else."""

    name: str
    refused_as: ModelReason | None
    """Our only reason; None where we accept."""
    applies: Callable[[Case], bool]
    example: Case
    here: bool = True
    """With these versions of the validator and of pandas."""


def is_number(cell: Any) -> bool:
    return isinstance(cell, numbers.Real | Decimal | np.bool_)


def has_dtype(name: str) -> Callable[[Case], bool]:
    return lambda case: str(case.dtype) == name


def is_all_but_equal_for_its_precision(case: Case) -> bool:
    precisions = {str(case.dtype), *(type(cell).__name__ for cell in case.cells)}
    single = precisions & {"float32", "Float32", "float[pyarrow]"}
    bound = 5e-4 if "float16" in precisions else 3e-7 if single else 0
    values = [float(cell) for cell in case.cells]
    return len(values) > 1 and max(values) - min(values) < bound


# The contract is stricter than the validator, or what the validator takes for numbers is none in a file.
REFUSED = [
    Difference(
        "the validator tolerates what numpy.isclose calls 0 or 1; the contract says within [0, 1]",
        "out_of_range",
        lambda case: all(-1e-8 <= float(cell) <= 1 + 1.001e-5 for cell in case.cells),
        predicted([-1e-9, 0.5]),
        here=VALIDATE is not None,
    ),
    Difference(
        "complex numbers have an order in NumPy, and are text in a file",
        "not_numeric",
        lambda case: getattr(case.dtype, "kind", "") == "c",
        predicted([0.25, 0.5], "complex128"),
    ),
    Difference(
        "fractions calculate like numbers, and are text in a file",
        "not_numeric",
        lambda case: any(isinstance(cell, Fraction) and cell.denominator > 1 for cell in case.cells),
        predicted([Fraction(1, 3), Fraction(1, 2)], "object"),
    ),
    Difference(
        "truth values calculate with numbers, and make all of them text in a file",
        "not_numeric",
        lambda case: {isinstance(cell, bool | np.bool_) for cell in case.cells} == {True, False},
        predicted([True, 0.5], "object"),
    ),
    Difference(
        "the contract wants a numeric column; the validator does not look at the rows of other ids",
        "not_numeric",
        lambda case: all(map(is_number, case.cells)) and not all(map(is_number, case.other_cells)),
        predicted([0.25, 0.5, "x"], "object", pd.Index([*LIVE[:2], "other"]), LIVE[:2]),
    ),
    Difference(
        "pandas decodes bytes in memory, and writes b'…' into a file",
        "wrong_index",
        lambda case: any(isinstance(name, bytes) for name in case.index),
        predicted([0.25, 0.5], index=pd.Index([name.encode() for name in LIVE[:2]], dtype=object)),
    ),
    Difference(
        "the contract wants ids in the index; one level of tuples has tuples in it",
        "wrong_index",
        lambda case: isinstance(case.index, pd.MultiIndex) and case.index.nlevels == 1,
        predicted([0.25, 0.5], index=pd.MultiIndex.from_arrays([LIVE[:2]])),
    ),
    Difference(
        "pandas rounds the deviation of single precision to it, beyond the bound for equal numbers",
        "constant",
        is_all_but_equal_for_its_precision,
        predicted([0.85, 0.85, 0.85], "Float32"),
    ),
]
# Habits of pandas with columns in memory: the validator accepts the files, as every file of what we accept.
ACCEPTED = [
    Difference("categories have no deviation", None, has_dtype("category"), predicted([0.25, 0.5], "category")),
    Difference(
        "truth values of Arrow have no deviation",
        None,
        has_dtype("bool[pyarrow]"),
        predicted([True, False], "bool[pyarrow]"),
    ),
    Difference(
        "sparse columns have no deviation",
        None,
        lambda case: isinstance(case.dtype, pd.SparseDtype),
        predicted([0.25, 0.5], "Sparse[float64]"),
        here=not PANDAS_3,
    ),
    Difference(
        "objects have a deviation only if they can be subtracted from a float",
        None,
        lambda case: any(isinstance(cell, Decimal) for cell in case.cells),
        predicted([Decimal("0.25"), Decimal("0.5")], "object"),
        here=not PANDAS_3,
    ),
    Difference(
        "the deviation of a single row is NA instead of NaN in a nullable column",
        None,
        lambda case: getattr(case.dtype, "na_value", None) is pd.NA and len(case.cells) == 1,
        predicted([0.5], "Float64"),
    ),
    Difference(
        "pandas rounds the deviation of half precision to it, which makes small ones 0",
        None,
        is_all_but_equal_for_its_precision,
        predicted([0.0, 0.0, 0.0, 0.0, 6e-8], "float16"),
    ),
    Difference(
        "more digits than a float holds are beyond 0 or 1 in memory, and 0 or 1 in a file",
        None,
        lambda case: (
            all(0 <= float(cell) <= 1 for cell in case.cells) and not all(0 <= cell <= 1 for cell in case.cells)
        ),
        predicted([MORE_PRECISE[0], Decimal(0)], "object"),
    ),
]
DIFFERENCES = [difference for difference in [*REFUSED, *ACCEPTED] if difference.here]

MANY = settings(max_examples=1200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(case=cases())
def test_the_verdict_is_that_of_the_platforms_validator(case: Case) -> None:
    ours = reasons(sent(case.frame), case.live)
    theirs = refusal(case.frame, case.live)
    listed = [
        difference.name
        for difference in DIFFERENCES
        if ours == ({difference.refused_as} - {None}) and difference.applies(case)
    ]
    assert bool(ours) == bool(theirs) or listed, (ours, theirs)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_both_differ_where_we_say_so(difference: Difference) -> None:
    case = difference.example
    assert difference.applies(case)
    assert reasons(sent(case.frame), case.live) == ({difference.refused_as} - {None})
    assert (refusal(case.frame, case.live) is None) == (difference.refused_as is not None)


# The file


@pytest.fixture(scope="module")
def csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("predictions") / "predictions.csv"


@settings(MANY, max_examples=300)
@given(case=cases(("nothing", "index")))
@example(case=predicted([0.1, 1 / 3], "Float32"))
@example(case=predicted([0.1, 1 / 3], "float[pyarrow]"))
@example(case=predicted([SMALL, Decimal("0.5")], "object"))  # cut short, it would read 1
def test_an_accepted_file_is_what_to_csv_writes_and_accepted_by_the_platform(csv: Path, case: Case) -> None:
    submission = sent(case.frame)
    assume(not broken_rules(submission, case.live))
    checked(submission, case.live).write_csv(csv)
    written = csv.read_bytes()
    assert written == case.kept.rename_axis(index="id").to_csv().encode()
    assert refusal_of_file(written.decode(), case.live) is None


class Name(str, Enum):
    """Names as some people keep them."""

    PREDICTION = "prediction"


@pytest.mark.parametrize("name", ["prediction", "probability", Name.PREDICTION])
def test_the_columns_name_is_written_as_to_csv_writes_it(name: str, csv: Path) -> None:
    case = named([name])
    checked(sent(case.frame), case.live).write_csv(csv)
    assert csv.read_bytes() == case.frame.rename_axis(index="id").to_csv().encode()


TO_A_SMALL_DISK = """
import resource, sys
from pathlib import Path
from predict.predictions import Predictions

ids = [str(number) for number in range(10_000)]
predictions = Predictions("prediction", ids, ["0.5"] * len(ids), dropped=0)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
predictions.write_csv(Path(sys.argv[1]))
"""


def test_a_full_disk_leaves_no_file_and_no_part_of_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TO_A_SMALL_DISK, str(tmp_path / "predictions.csv")]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.stderr.splitlines()[-1].startswith("OSError: ")
    assert list(tmp_path.iterdir()) == []


# What we say


def named(names: list[Any]) -> Case:
    return Case(LIVE, pd.DataFrame([[value] * len(names) for value in RIGHT], LIVE, pd.Index(names, dtype=object)))


def indexed(ids: list[Any]) -> Case:
    return Case(LIVE, pd.DataFrame({"prediction": np.linspace(0, 1, len(ids))}, pd.Index(ids, dtype=object)))


ONE_BROKEN_RULE = {
    "no column": (
        named([]),
        "wrong_columns",
        "The predictions have no column; exactly one named 'prediction' is needed.",
    ),
    "another name": (
        named(["target"]),
        "wrong_columns",
        "The predictions' column is named 'target'; exactly one named 'prediction' is needed.",
    ),
    "two columns": (
        named(["prediction", "probability"]),
        "wrong_columns",
        "The predictions have 2 columns ('prediction', 'probability'); exactly one named 'prediction' is needed.",
    ),
    "many columns": (
        named(list("abcdefghijklmnopqrstuvwxyz")),
        "wrong_columns",
        "The predictions have 26 columns ('a', 'b', 'c', …); exactly one named 'prediction' is needed.",
    ),
    "no rows": (
        indexed([]),
        "no_predictions",
        "The model returned no rows; 5 live ids need one each.",
    ),
    "no ids": (
        indexed([*LIVE, None, math.nan]),
        "wrong_index",
        "2 rows have no id in the index.",
    ),
    "repeated ids": (
        indexed([*LIVE, *LIVE[:2], LIVE[0]]),
        "wrong_index",
        f"2 live ids are there more than once ('{LIVE[0]}', '{LIVE[1]}').",
    ),
    "missing ids": (
        indexed(LIVE[:1]),
        "wrong_index",
        f"4 of 5 live ids are missing ('{LIVE[1]}', '{LIVE[2]}', '{LIVE[3]}', …).",
    ),
    "numbered rows": (
        indexed([0, 1, 2, 3, 4]),
        "wrong_index",
        f"5 of 5 live ids are missing ('{LIVE[0]}', '{LIVE[1]}', '{LIVE[2]}', …); the index has '0', for one, instead.",
    ),
    "words": (
        predicted(["up", "down", 0.5, "up", "up"], "object"),
        "not_numeric",
        "The predictions are object, not numbers ('up', 'down', 'up', …).",
    ),
    "numbers as text": (
        predicted(["0.25", "0.5"], "object"),
        "not_numeric",
        "The predictions are object, not numbers ('0.25', '0.5').",
    ),
    "NaN": (
        predicted([math.nan, 0.25, math.nan]),
        "nan",
        f"2 predictions are NaN (ids '{LIVE[0]}', '{LIVE[2]}').",
    ),
    "out of range": (
        predicted([2.0, -0.5, math.inf, -math.inf, 0.5]),
        "out_of_range",
        f"4 predictions are outside [0, 1] ({LIVE[0]}: 2.0, {LIVE[1]}: -0.5, {LIVE[2]}: inf, …).",
    ),
    "too large to be squared": (
        predicted([1e300, 0.5]),
        "out_of_range",
        f"1 predictions are outside [0, 1] ({LIVE[0]}: 1e+300).",
    ),
    "too large to be added": (
        predicted([1.7e308, 1.7e308]),
        "out_of_range",
        f"2 predictions are outside [0, 1] ({LIVE[0]}: 1.7e+308, {LIVE[1]}: 1.7e+308).",
    ),
    "constant": (
        predicted([0.5, 0.5, 0.5]),
        "constant",
        "All 3 predictions are 0.5, or as good as: their standard deviation is 0.",
    ),
}
one_broken_rule = pytest.mark.parametrize(("case", "reason", "message"), ONE_BROKEN_RULE.values(), ids=ONE_BROKEN_RULE)


@one_broken_rule
def test_a_broken_rule_is_told_with_counts_and_examples(case: Case, reason: ModelReason, message: str) -> None:
    (problem,) = broken_rules(sent(case.frame), case.live)
    assert (problem.reason, problem.message) == (reason, message)


@one_broken_rule
def test_the_platforms_wording_stands_beside_ours(case: Case, reason: ModelReason, message: str) -> None:
    (problem,) = broken_rules(sent(case.frame), case.live)
    theirs = refusal(case.frame, case.live)
    if reason == "not_numeric":
        assert isinstance(theirs, TypeError)  # it has no rule for that: it stumbles
        assert problem.platform is None, message
    else:
        assert str(problem.platform).endswith(str(theirs))  # the older one has no prefixes


def test_all_broken_rules_are_told_at_once() -> None:
    ids = [LIVE[0], LIVE[0], LIVE[1], None, "other"]
    frame = pd.DataFrame({"target": [math.nan, 2.0, 2.0, 0.0, 1.0], "era": "X"}, pd.Index(ids, dtype=object))
    with pytest.raises(ModelFailed) as failed:
        checked(sent(frame), LIVE)
    problems = failed.value.problems
    assert [problem.reason for problem in problems] == [
        *("wrong_columns", "wrong_index", "wrong_index", "wrong_index", "nan", "out_of_range", "constant")
    ]
    assert failed.value.reason == problems[0].reason
    assert failed.value.message == " ".join(problem.message for problem in problems)


def test_the_column_named_prediction_is_checked_wherever_it_stands() -> None:
    frame = pd.DataFrame({"era": "X", "prediction": [math.nan, *RIGHT[1:]]}, LIVE)
    assert reasons(sent(frame), LIVE) == {"wrong_columns", "nan"}


def test_what_a_nullable_column_got_from_dividing_0_by_0_is_nan() -> None:
    values = column("Float64", [0.0, 0.25, 0.5])
    frame = pd.DataFrame({"prediction": values / values * values}).set_axis(LIVE[:3])
    assert reasons(sent(frame), LIVE[:3]) == {"nan"}


def test_rows_for_other_ids_are_dropped_and_counted_whatever_they_hold() -> None:
    frame = predicted([math.nan, *RIGHT, 9.0], index=pd.Index(["other", *LIVE, "other"])).frame
    assert checked(sent(frame), LIVE) == Predictions("prediction", LIVE, [str(value) for value in RIGHT], dropped=2)


def test_the_order_stays_that_of_the_model() -> None:
    frame = predicted(RIGHT).frame.iloc[::-1]
    values = [str(value) for value in RIGHT[::-1]]
    assert checked(sent(frame), LIVE) == Predictions("prediction", LIVE[::-1], values, dropped=0)


# What a hostile worker says


@pytest.mark.parametrize("says_numeric", [True, False])
@pytest.mark.parametrize(
    "text", ["1_0", " 1", "0.5\n0,1", "\u0660.\u0665", "0x1", "1e", "nan", "", "0.5,", "-", "1.0.0", "=1"]
)
def test_text_is_no_number_whatever_python_takes_for_one(text: str, says_numeric: bool) -> None:
    submission = replace(sent(predicted([text, "0.5"], "object").frame), numeric=says_numeric)
    assert reasons(submission, LIVE[:2]) == {"not_numeric"}


@pytest.mark.parametrize("columns", [[], ["prediction"] * 2])
def test_a_header_that_contradicts_itself_is_the_models_fault(columns: list[str]) -> None:
    submission = replace(sent(predicted(RIGHT).frame), columns=columns, count=1)
    assert reasons(submission, LIVE) == {"wrong_columns"}
