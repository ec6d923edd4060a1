"""What is said of the frozen pickles, against what really happened to them in five environments."""

from __future__ import annotations

import io
import json
import lzma
from collections import Counter
from pathlib import Path

import pytest

from inspection.conftest import Row
from predict.inspection.environments import Image, describe
from predict.inspection.facts import Facts
from predict.inspection.finding import Judgement
from predict.inspection.gather import gather
from predict.inspection.judge import judge

ENVIRONMENTS = Path(__file__).with_name("environments.json.xz")
FINE = {"OK", "OKNOREF"}
OTHER_NUMBERS = {"DIFF", "BADOUT", "ODD"}
# What numerai-predict itself refuses and this runner does: compressed or joblib dumps named .pkl, estimators, functions
# whose further arguments have defaults.
OURS_RUN = (
    *("i_gzip_wrongext", "i_zip_wrongext", "i_zlib_raw", "i_xz_wrongext", "i_bz2_wrongext", "i_zstd_wrongext"),
    *("i_joblib_np_est", "i_joblib_compressed", "i_joblib_est", "f_pickle_lgb", "h_kwonly", "h_partial_kw"),
    *("h_deco_nowraps", "f_reg", "i_tar_wrongext"),
)
# Nothing in the bytes tells that pandas 3 wrote them.
UNTOLD = {"k_inplace_col", "k_dtype_object_eq", "k_chained", "k_groupby_apply"}
# They fail for what is in their author's code, whatever the versions are.
OWN_FAULT = {"e_poly1d", "k_concat_axis", "l_lgb_modelfile", "l_joblibload"}


@pytest.fixture(scope="module")
def environments() -> dict[str, Image]:
    told = json.loads(lzma.decompress(ENVIRONMENTS.read_bytes()))
    return {name: describe(json.dumps(contents).encode()) for name, contents in told.items()}


Pair = tuple[Row, str, Facts, Judgement, str]


@pytest.fixture(scope="module")
def pairs(corpus: list[Row], environments: dict[str, Image]) -> list[Pair]:
    """Row, environment, facts, what is said, what happened."""
    found = []
    for row in corpus:
        expected = row.known.get("expected") or {}
        facts = gather(io.BytesIO(row.data))
        known = sorted(expected.keys() & environments.keys())
        found += [(row, name, facts, judge(facts, environments[name]), expected[name]["verdict"]) for name in known]
    return found


def kind(row: Row) -> str:
    return Path(row.known["file"]).stem


def fine_at_home(row: Row) -> bool:
    home = (row.known.get("expected") or {}).get(row.known["env"])
    return home is None or home["verdict"] in FINE


def test_the_python_that_is_said_is_the_one(pairs: list[Pair]) -> None:
    wrong = [
        (kind(row), facts.pythons)
        for row, _, facts, _, _ in pairs
        if facts.pythons and "{}.{}".format(*row.python) not in facts.pythons
    ]
    assert not wrong


def test_what_runs_and_what_fails_is_said_as_it_was(pairs: list[Pair]) -> None:
    said: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for row, name, _, judgement, happened in pairs:
        if kind(row) in (*OURS_RUN, *UNTOLD, *OWN_FAULT) or not fine_at_home(row):
            continue
        fails, failed = judgement.verdict == "fails", happened not in FINE
        said[judgement.verdict, failed] += 1
        if fails != failed:
            wrong.append((row.known["file"], name, judgement.findings[:1], happened))
    assert not wrong
    assert said["fails", True] > 1_000, "and there is enough of each kind"
    assert said["runs", False] + said["warning", False] > 1_000


def test_what_is_proven_never_ran(pairs: list[Pair]) -> None:
    wrong = [
        (row.known["file"], name, judgement.proof)
        for row, name, _, judgement, happened in pairs
        if judgement.proof and happened in FINE
    ]
    assert not wrong


def test_another_python_is_proven_and_comes_first(pairs: list[Pair], environments: dict[str, Image]) -> None:
    seen = 0
    for row, name, facts, judgement, _ in pairs:
        other = facts.pythons and environments[name].python not in facts.pythons
        if other and facts.model.kind == "function" and not facts.strange:
            seen += 1
            proof = judgement.proof
            assert proof, row.known["file"]
            assert proof.reason == "python_mismatch", row.known["file"]
            assert proof.proven, row.known["file"]
    assert seen > 500
