"""Whatever a model does with LightGBM comes out the same with the kernel: bit by bit, and error by error."""

from __future__ import annotations

import os
import pickle
import subprocess  # noqa: TID251  a test starts fresh interpreters
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import pytest

from accelerate.cases import OWN, REFUSED, SERVED
from accelerate.models import make
from predict.sandbox.worker.accelerate.forest import LIBRARY

pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="no C++ compiler made the kernel when this was installed")

ROOT = Path(__file__).parents[2]
OLD = lightgbm.__version__ < "4.5"  # this will do until there is a 10
Played = dict[str, tuple[tuple[str, Any], int]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Played]:
    """All cases, in one process with the kernel and in one without."""
    folder = tmp_path_factory.mktemp("models")
    make(folder)

    def play(how: str) -> Played:
        out = folder / how
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)]), "OMP_NUM_THREADS": "1"}
        program = [sys.executable, "-W", "ignore", "-m", "accelerate.play", str(folder), str(out), how]
        ended = subprocess.run(program, env=variables, capture_output=True, text=True, check=False, timeout=600)
        assert ended.returncode == 0, ended.stderr[-4000:]
        read: Played = pickle.loads(out.read_bytes())
        return read

    return {how: play(how) for how in ("fast", "slow")}.__getitem__


@pytest.mark.parametrize("name", [*SERVED, *OWN, *REFUSED])
def test_it_comes_out_the_same(played: Callable[[str], Played], name: str) -> None:
    (as_it_is, _), (by_kernel, rows) = played("slow")[name], played("fast")[name]
    assert by_kernel == as_it_is
    expected = "raised" if name in REFUSED else "returned"
    if OLD and as_it_is[0] != expected:
        pytest.skip(f"LightGBM {lightgbm.__version__} knows nothing of this, or allows it")
    assert as_it_is[0] == expected
    assert (rows > 0) == (name in SERVED)
