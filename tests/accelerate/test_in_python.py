"""Whatever a model does with LightGBM comes out the same with the kernel: bit by bit, and error by error."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import lightgbm
import pytest

from accelerate.cases import OWN, REFUSED, SERVED
from accelerate.child import run
from accelerate.models import make
from predict.sandbox.worker.accelerate.forest import LIBRARY

pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="no C++ compiler made the kernel when this was installed")

OLD = lightgbm.__version__ < "4.5"  # this will do until there is a 10
Outcome = tuple[str, Any]


def test_whatever_a_model_does_comes_out_the_same(tmp_path: Path) -> None:
    """One test for all cases: they share the models, and two interpreters."""
    make(tmp_path)
    fast, slow = played(tmp_path, "fast"), played(tmp_path, "slow")
    assert {*fast} == {*slow} == {*SERVED, *OWN, *REFUSED}
    outcomes = {name: (slow[name][0], *fast[name]) for name in fast}
    wrong = {name: outcome for name, outcome in outcomes.items() if not is_right(name, *outcome)}
    assert wrong == {}


def played(folder: Path, how: str) -> dict[str, tuple[Outcome, int]]:
    """What all cases come out as, and how many rows the kernel predicted for each."""
    ended = run("accelerate.play", folder, folder / how, how)
    assert ended.returncode == 0, ended.stderr[-4000:]
    told: dict[str, tuple[Outcome, int]] = pickle.loads((folder / how).read_bytes())  # noqa: S301  our own
    return told


def is_right(name: str, as_it_is: Outcome, by_kernel: Outcome, rows: int) -> bool:
    """Whether a case comes out the same, and by the code that it should; an old LightGBM cannot do all of them."""
    expected = "raised" if name in REFUSED else "returned"
    done = as_it_is[0] == expected and (rows > 0) == (name in SERVED)
    return by_kernel == as_it_is and (done or (OLD and as_it_is[0] != expected))
