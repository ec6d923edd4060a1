"""Signals and Crypto: by the rules that the platform has published for them, and through the real program."""

from __future__ import annotations

import io
import json
import os
import subprocess  # noqa: TID251  the program, as people start it
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from conftest import Run, assert_verdict, dumps_by_value
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from numerai_tools import submissions as official
from test_predictions import PANDAS_3, sent

from predict import check as check_in_notebook
from predict.errors import HINTS, ModelFailed, ModelReason, Problem
from predict.predictions import Predictions, check
from predict.sandbox.worker.frames import read_frame
from predict.tournaments import CLASSIC, CRYPTO, SIGNALS, TOURNAMENTS, Tournament

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # as what is defined in a notebook

OLD = not hasattr(official, "validate_submission_signals")  # that package has only the parts, and knows of no dates
TICKERS = [f"T{number:03} US" for number in range(120)]
UNIVERSE = pd.DataFrame(
    {
        "numerai_ticker": TICKERS,
        "composite_figi": [None] * 6 + ["BBG0"] * 4 + [f"BBG{number}" for number in range(1, 111)],
        "bloomberg_ticker": [None] * 21 + [f"B{number}" for number in range(99)],  # 99 alone are too few
        "date": "2026-11-20",
        "feature_1": np.linspace(-1, 1, 120),
    }
)
SYMBOLS = UNIVERSE.rename(columns={"numerai_ticker": "symbol"})[["symbol", "date", "feature_1"]]
UNIVERSES = {"signals": UNIVERSE, "crypto": SYMBOLS}


@dataclass(frozen=True)
class Case:
    """What a model returned."""

    tournament: Tournament
    frame: pd.DataFrame

    @property
    def universe(self) -> pd.DataFrame:
        """Where the live ids are."""
        return UNIVERSES[self.tournament.name]

    @property
    def live(self) -> dict[str, list[str]]:
        """The live ids."""
        names = [name for name in self.universe if name in self.tournament.ids]
        return {name: list(self.universe[name].dropna().unique()) for name in names}

    @property
    def table(self) -> pd.DataFrame:
        """As a file would have it: without the index, if ids are in a column."""
        if set(self.frame.columns) & set(self.tournament.ids):
            return self.frame.reset_index(drop=True)
        name: Any = self.frame.index.name
        named = self.frame.rename_axis(index=next(iter(self.live)) if name in (None, "id") else name)
        return pd.DataFrame(named.reset_index(allow_duplicates=True))


# Both verdicts


def accepted(case: Case) -> Predictions:
    return check(sent(case.frame, case.tournament), case.live, case.tournament)


def broken_rules(case: Case) -> tuple[Problem, ...]:
    try:
        accepted(case)
    except ModelFailed as error:
        return error.problems
    return ()


def refusal(case: Case, table: pd.DataFrame) -> Exception | None:
    """What the platform's own validator raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            validate(case, table.copy())
        except Exception as error:  # noqa: BLE001  whatever it raises refuses the submission
            return error
    return None


def validate(case: Case, table: pd.DataFrame) -> None:
    name = case.tournament.name
    if not OLD:
        getattr(official, f"validate_submission_{name}")(case.universe, table)
        return
    ids, column = getattr(official, f"validate_headers_{name}")(table)
    rows, _ = getattr(official, f"validate_ids_{name}")(case.universe[ids], table, ids)
    official.validate_values(rows, column)


# Odd submissions

IDS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "as they are": list,
    "without nulls": lambda ids: [*dict.fromkeys(name for name in ids if not pd.isna(name))],
    "just enough": lambda ids: [*dict.fromkeys(name for name in ids[::-1] if not pd.isna(name))][:100],
    "one less": lambda ids: [*dict.fromkeys(name for name in ids[::-1] if not pd.isna(name))][:99],
    "one less, and others": lambda ids: [*ids[-99:], "other", "another"],
    "one twice": lambda ids: [*ids[-105:], ids[-1]],
    "another twice": lambda ids: [*ids[-105:], "other", "other"],
    "one null": lambda ids: [*ids[-105:], None],
    "a hundred and one null": lambda ids: [*ids[-100:], None],
    "none": lambda _: [],
    "numbers": lambda ids: list(range(len(ids))),
}
VALUES: dict[str, Callable[[int], Any]] = {
    "good": lambda size: np.linspace(0, 1, size),
    "constant": lambda size: np.full(size, 0.5),
    "NaN": lambda size: np.append(np.linspace(0, 1, size)[1:], [np.nan])[:size],
    "out of range": lambda size: np.linspace(0.5, 1.5, size),
    "float32": lambda size: np.linspace(0, 1, size, dtype="float32"),
}
COLUMNS = [["prediction"], ["signal"], ["probability"], ["prediction", "signal"], ["era", "prediction"], ["date"], []]
MORE = [[], ["date"], ["friday_date"], ["data_type"], ["date", "data_type"], ["date", "friday_date"], ["target"]]
NAMES = ["numerai_ticker", "composite_figi", "bloomberg_ticker", "symbol", "sedol", "tick", "date", "id", None]


def answer(ids: list[Any], values: Any, columns: list[str], name: str | None, form: str) -> pd.DataFrame:
    """Ids as index, before the columns, or behind them."""
    texts = pd.Series(ids, dtype=object if None in ids or not ids else None)
    data = {column: values if column in ("prediction", "signal", "probability") else "X" for column in columns}
    frame = pd.DataFrame(data, index=range(len(ids)))
    if form == "index":
        return frame.set_axis(pd.Index(texts, name=name))
    frame.insert(0 if form == "column" else len(columns), name or "id", texts, allow_duplicates=True)
    return frame


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One thing is odd at a time, most of the time: two oddities hide each other."""
    odd = draw(st.sampled_from(["ids", "ids", "values", "columns", "more", "more", "name", "form", "all"]))
    tournament = draw(st.sampled_from([SIGNALS, SIGNALS, CRYPTO]))
    universe = UNIVERSES[tournament.name]
    usual = [name for name in universe if name in tournament.ids][:2]
    name = draw(st.sampled_from(NAMES if odd in ("name", "all") else usual))
    live = universe[name if name in universe else usual[0]]
    ids = IDS[draw(st.sampled_from([*IDS] if odd in ("ids", "all") else ["without nulls"]))](list(live))
    values = VALUES[draw(st.sampled_from([*VALUES] if odd in ("values", "all") else ["good"]))](len(ids))
    columns = draw(st.sampled_from(COLUMNS if odd in ("columns", "all") else COLUMNS[:2]))
    more = draw(st.sampled_from(MORE if odd in ("more", "all") else MORE[:1]))
    form = draw(st.sampled_from(["index", "column", "last"] if odd in ("form", "all") else ["index", "column"]))
    names = draw(st.permutations([*more, *columns]))
    return Case(tournament, answer(ids, values, [*dict.fromkeys(names)], name, form))


# Where both verdicts differ, and why


@dataclass(frozen=True)
class Difference:
    """A rule that we break with, as the file that we write does not show what the validator saw."""

    name: str
    refused_as: ModelReason | None
    applies: Callable[[Case], bool]
    example: Case
    here: bool = True


def has(case: Case, *names: str) -> bool:
    return case.tournament is SIGNALS and set(names) <= {*case.frame.columns}


def ids_stand_last(case: Case) -> bool:
    kept = [name for name in case.frame.columns if name not in case.tournament.dropped]
    return len(kept) == 2 and kept[1] in case.tournament.ids


GOOD = np.linspace(0, 1, 120)
DIFFERENCES = [
    difference
    for difference in [
        Difference(
            "the order of the columns is free, for the file has the right one",
            None,
            ids_stand_last,
            Case(SIGNALS, answer(TICKERS, GOOD, ["prediction"], "numerai_ticker", "last")),
        ),
        Difference(
            "the validator drops one column of dates and stumbles over the other; the file has neither",
            None,
            lambda case: has(case, "date", "friday_date"),
            Case(SIGNALS, answer(TICKERS, GOOD, ["friday_date", "prediction", "date"], "numerai_ticker", "column")),
        ),
        Difference(
            "the older validator does not know the columns that the newer one drops; the file has none of them",
            None,
            lambda case: any(has(case, name) for name in SIGNALS.dropped),
            Case(SIGNALS, answer(TICKERS, GOOD, ["prediction", "data_type"], "numerai_ticker", "index")),
            here=OLD,
        ),
        Difference(
            "a null in the universe is nobody's id; older versions of pandas make it the text None",
            "wrong_index",
            lambda case: "None" in case.table.iloc[:, 0].to_numpy(),
            Case(
                SIGNALS,
                answer(
                    [*UNIVERSE["composite_figi"][-99:], "None"], GOOD[:100], ["prediction"], "composite_figi", "index"
                ),
            ),
            here=not PANDAS_3,
        ),
    ]
    if difference.here
]

MANY = settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(case=cases())
def test_the_verdict_is_that_of_the_platforms_validator(case: Case) -> None:
    problems = broken_rules(case)
    ours = {problem.reason for problem in problems}
    theirs = refusal(case, case.table)
    differing = [each.refused_as for each in DIFFERENCES if each.applies(case)]
    listed = [reason for reason in differing if ours == ({reason} - {None})]
    event(f"{case.tournament.name}: {sorted(ours)}")
    assert bool(ours) == bool(theirs) or listed, (problems, theirs)
    if isinstance(theirs, AssertionError) and not differing:  # the older one has no prefixes
        assert any(str(problem.platform).endswith(str(theirs)) for problem in problems), (problems, theirs)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_both_differ_where_we_say_so(difference: Difference) -> None:
    case = difference.example
    assert difference.applies(case)
    assert {problem.reason for problem in broken_rules(case)} == ({difference.refused_as} - {None})
    assert (refusal(case, case.table) is None) == (difference.refused_as is not None)


@settings(MANY, max_examples=100)
@given(case=cases().filter(lambda case: not broken_rules(case)))
def test_an_accepted_file_has_ids_and_values_alone_and_is_accepted_by_the_platform(
    case: Case, tmp_path_factory: pytest.TempPathFactory
) -> None:
    csv = tmp_path_factory.getbasetemp() / "tournaments.csv"
    predictions = accepted(case)
    predictions.write_csv(csv)
    table = case.table[[predictions.id, predictions.column]]
    kept = table[table[predictions.id].isin(case.live[predictions.id])]
    written = csv.read_text()
    assert written == kept.to_csv(index=False)
    assert refusal(case, pd.read_csv(io.StringIO(written))) is None


@pytest.mark.parametrize("name", ["signals", "crypto", "numerai"])
def test_the_names_and_numbers_are_the_published_ones(name: str) -> None:
    tournament = TOURNAMENTS.get(name, CLASSIC)
    assert list(tournament.ids) == getattr(official, f"{name.upper()}_ALLOWED_ID_COLS")
    assert list(tournament.values) == getattr(official, f"{name.upper()}_ALLOWED_PRED_COLS")
    assert tournament.minimum == getattr(official, f"{name.upper()}_MIN_TICKERS", None)
    dates = getattr(official, f"{name.upper()}_ALLOWED_DATE_COLS", tournament.dropped[1:])
    assert list(tournament.dropped[1:]) == list(dates)


@pytest.mark.parametrize("says", ["sedol", "composite_figi", "date", "numerai_ticker\0", "x" * 200])
def test_a_name_that_the_worker_says_and_the_answer_has_not_is_the_models_fault(says: str) -> None:
    case = Case(SIGNALS, answer(TICKERS, GOOD, ["prediction"], "numerai_ticker", "column"))
    with pytest.raises(ModelFailed):
        check(replace(sent(case.frame, SIGNALS), id=says), case.live, SIGNALS)


# Through the real program


def ranked(live: pd.DataFrame, name: str = "prediction") -> pd.DataFrame:
    return live[["feature_1"]].rank(pct=True).set_axis([name], axis=1)


def by_ticker(live: pd.DataFrame) -> pd.DataFrame:
    return ranked(live.set_index("numerai_ticker"))


def by_figi(live: pd.DataFrame) -> pd.DataFrame:
    known = live.dropna(subset="composite_figi").drop_duplicates("composite_figi")
    return ranked(known.set_index("composite_figi"), "signal")


def with_extra_ids(live: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([by_ticker(live), by_ticker(live).rename(lambda name: f"other {name}")])


GOOD_MODELS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str, int]] = {
    "ids as index": (by_ticker, "numerai_ticker,prediction", 120),
    "an index without a name": (lambda live: by_ticker(live).rename_axis(None), "numerai_ticker,prediction", 120),
    "other ids": (by_figi, "composite_figi,signal", 111),
    "ids as a column": (lambda live: by_ticker(live).reset_index(), "numerai_ticker,prediction", 120),
    "dates too": (lambda live: by_ticker(live).assign(date=20261120), "numerai_ticker,prediction", 120),
    "just enough": (lambda live: by_ticker(live).head(100), "numerai_ticker,prediction", 100),
    "extra ids": (with_extra_ids, "numerai_ticker,prediction", 120),
}
OURS, FIRST = "'numerai_ticker', 'composite_figi', 'bloomberg_ticker'", "'T000 US', 'T001 US', 'T002 US'"
ENOUGH = "at least 100 must be there."
NAMED = f"and ids as index or in a column named as in the live data ({OURS})."
BAD_MODELS: dict[str, tuple[Callable[[pd.DataFrame], Any], ModelReason, str]] = {
    "too few": (
        lambda live: by_ticker(live).head(99),
        "wrong_index",
        f"21 of 120 live ids are missing ('T099 US', 'T100 US', 'T101 US', …); {ENOUGH}",
    ),
    "twice": (
        lambda live: pd.concat([by_ticker(live), by_ticker(live).head(1)]),
        "wrong_index",
        "1 live ids are there more than once ('T000 US').",
    ),
    "no rows": (
        lambda live: by_ticker(live).head(0),
        "no_predictions",
        "The model returned no rows; at least 100 of 120 live ids need one each.",
    ),
    "another column": (
        lambda live: ranked(live.set_index("numerai_ticker"), "target"),
        "wrong_columns",
        f"The predictions' column is named 'target'; exactly one named 'prediction' or 'signal' is needed, {NAMED}",
    ),
    "no column but the ids": (
        lambda live: live[["numerai_ticker"]],
        "wrong_columns",
        "The predictions have no column beside 'numerai_ticker'; exactly one named 'prediction' or 'signal' is needed.",
    ),
    "an index of another name": (
        lambda live: by_ticker(live).rename_axis("tick"),
        "wrong_index",
        f"The index is named 'tick'; the live data has ids named {OURS}.",
    ),
    "ids that the live data lacks": (
        lambda live: by_ticker(live).rename_axis("sedol").reset_index(),
        "wrong_index",
        f"The ids are in the column 'sedol'; the live data has ids named {OURS}.",
    ),
    "no ids": (
        ranked,
        "wrong_index",
        f"120 of 120 live ids are missing ({FIRST}, …); the index has '0', for one, instead; {ENOUGH}",
    ),
    "nulls for ids": (
        lambda live: ranked(live.drop([7, 8, 9]).set_index("composite_figi")),
        "wrong_index",
        "6 rows have no id in the index.",
    ),
    "no frame": (
        lambda _: None,
        "not_a_dataframe",
        "The model returned None instead of a pandas DataFrame.",
    ),
}


@pytest.fixture
def signals(run: Run, tmp_path: Path) -> Run:
    """Run a function over Signals' universe, unless other data is given."""

    def run_model(model: Callable[..., Any], frame: pd.DataFrame = UNIVERSE, **fields: Any) -> Any:
        live, pickle = tmp_path / "live.parquet", tmp_path / "model.pkl"
        frame.to_parquet(live)
        pickle.write_bytes(dumps_by_value(model))
        return run(pickle, dataset=str(live), **{"tournament": SIGNALS, **fields})

    return run_model


@pytest.mark.parametrize("kind", GOOD_MODELS)
def test_good_models_succeed(kind: str, signals: Run) -> None:
    model, header, rows = GOOD_MODELS[kind]
    report = signals(model)
    assert_verdict(report, "Success", None)
    assert report.predictions is not None
    assert report.predictions.rows == rows
    assert Path(report.predictions.file).read_text().partition("\n")[0] == header
    dropped = ["120 predictions are for ids that are not live ids; they were dropped."]
    assert report.warnings == (dropped if kind == "extra ids" else [])


@pytest.mark.parametrize("kind", BAD_MODELS)
def test_faults_of_the_model_are_told_in_the_tournaments_words(kind: str, signals: Run) -> None:
    model, reason, message = BAD_MODELS[kind]
    report = signals(model)
    assert_verdict(report, "Failed", reason)
    assert report.message == message
    assert report.hint == SIGNALS.hints[reason] != HINTS[reason]


def test_ids_that_are_the_index_of_the_file_stay_it(signals: Run) -> None:
    report = signals(ranked, UNIVERSE.set_index("composite_figi").iloc[10:])
    assert_verdict(report, "Success", None)
    report = signals(lambda live: ranked(live).rename_axis(None), UNIVERSE.set_index("composite_figi").iloc[10:])
    assert_verdict(report, "Success", None)
    assert Path(report.predictions.file).read_text().startswith("composite_figi,prediction\n")  # type: ignore[union-attr]  # it has some


def test_crypto_goes_by_symbol(signals: Run) -> None:
    report = signals(lambda live: ranked(live.set_index("symbol"), "signal"), SYMBOLS, tournament=CRYPTO)
    assert_verdict(report, "Success", None)
    assert Path(report.predictions.file).read_text().startswith("symbol,signal\n")  # type: ignore[union-attr]  # it has some
    report = signals(lambda live: live[["symbol", "date"]].assign(signal=0.5), SYMBOLS, tournament=CRYPTO)
    assert_verdict(report, "Failed", "wrong_columns")
    assert "2 columns beside 'symbol' ('date', 'signal')" in report.message
    assert "must be one of ['symbol'] and one of ['prediction', 'signal']" in str(report.problems[0].platform)


def test_benchmarks_are_the_models_to_join(signals: Run, tmp_path: Path) -> None:
    UNIVERSE.iloc[::-1].reset_index(drop=True).to_parquet(tmp_path / "benchmarks.parquet")

    def blend(live: pd.DataFrame, benchmarks: pd.DataFrame) -> pd.DataFrame:
        assert list(live["numerai_ticker"]) == list(benchmarks["numerai_ticker"][::-1])
        return by_ticker(benchmarks)

    report = signals(blend, benchmarks=str(tmp_path / "benchmarks.parquet"))
    assert_verdict(report, "Success", None)
    assert report.warnings == []


@pytest.mark.parametrize(
    ("frame", "evidence"),
    [
        (UNIVERSE.head(99), "it has 99 ids, and no answer with fewer than 100 is accepted"),
        (SYMBOLS, "it has no index and no column named `ticker` or `sedol` or `bloomberg_ticker`"),
        (UNIVERSE.assign(numerai_ticker=0.5), "its ids are of type double, not strings"),
    ],
    ids=["few", "none", "numbers"],
)
def test_a_universe_that_no_model_could_answer_for_is_the_platforms_fault(
    frame: pd.DataFrame, evidence: str, signals: Run
) -> None:
    report = signals(by_ticker, frame)
    assert_verdict(report, "Error", "dataset_unavailable")
    assert evidence in report.message
    assert "numerai_ticker" in str(report.hint)


def predict(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "predict", "--output_dir", str(folder), *words]
    return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)


def test_the_tournament_brings_its_own_data(tmp_path: Path) -> None:
    model, live = tmp_path / "model.pkl", tmp_path / SIGNALS.dataset
    model.write_bytes(dumps_by_value(lambda live: by_ticker(live).head(99)))
    live.parent.mkdir(parents=True)
    UNIVERSE.to_parquet(live)
    ended = predict(tmp_path, "--model", str(model), "--dataset", str(live), PREDICT_TOURNAMENT="signals")
    assert ended.returncode == 1
    assert f"Using local {live} for live data" in ended.stderr
    assert "--debug --tournament signals --model $PWD/model.pkl" in ended.stderr


def test_a_tournament_that_there_is_not_is_a_wrong_command_line(tmp_path: Path) -> None:
    ended = predict(tmp_path, "--model", "model.pkl", "--tournament", "chess")
    assert ended.returncode == 2
    assert "--tournament: must be classic, signals or crypto" in ended.stderr
    assert all(name in predict(tmp_path, "--help").stdout for name in TOURNAMENTS)


def test_what_goes_to_the_worker_fits_its_request() -> None:
    from predict.sandbox.worker.main import REQUEST_CAP

    assert all(len(tournament.for_worker()) < REQUEST_CAP / 2 for tournament in TOURNAMENTS.values())
    assert json.loads(SIGNALS.for_worker())["minimum"] == 100
    assert read_frame.__defaults__ == (CLASSIC.index,)


def test_a_notebook_checks_by_the_tournaments_rules() -> None:
    assert check_in_notebook(by_ticker, UNIVERSE, tournament="signals")
    found = check_in_notebook(lambda live: by_ticker(live).head(99), UNIVERSE, tournament="signals")
    assert found.report.reason == "wrong_index"
