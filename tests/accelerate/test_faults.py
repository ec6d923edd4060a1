"""Whatever is wrong with the kernel, the numbers are LightGBM's, and the report says why."""

from __future__ import annotations

import pytest

from accelerate.child import run
from predict.sandbox.worker.accelerate.call import wanted_threads
from predict.sandbox.worker.accelerate.forest import LIBRARY

FAULTS = {
    "": "",
    "another number": "LightGBM predicted something else for a few rows",
    "reading raises": "unforeseen: ZeroDivisionError: a fault of ours",
    "predicting raises": "unforeseen: ZeroDivisionError: a fault of ours",
    "asking raises": "unforeseen: ZeroDivisionError: a fault of ours; LightGBM could not be asked",
    "no kernel": "not available:",
}


@pytest.mark.skipif(not LIBRARY.exists(), reason="no C++ compiler made the kernel when this was installed")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_ours_changes_no_number(fault: str) -> None:
    ended = run("accelerate.faults", fault)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.startswith(FAULTS[fault])
    assert bool(ended.stdout) == bool(fault)


@pytest.mark.parametrize(
    ("parameters", "threads"),
    [
        (b"", 0),
        (b"num_threads=3", 3),
        (b"verbosity=-1 n_jobs=4", 4),
        (b"n_jobs=4 num_threads=2", 2),
        (b"num_threads=-1", 0),
        (b"num_threads=0", 0),
        (b"num_threads=many", 0),
    ],
)
def test_a_prediction_may_want_fewer_threads(parameters: bytes, threads: int) -> None:
    assert wanted_threads(parameters) == threads
