"""Libraries that models use give the same numbers in the locked room as with nothing around them.

Needs `pip install -e '.[ml]'`; what is not installed is skipped.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess  # noqa: TID251  a test starts a plain interpreter
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from conftest import Run, assert_verdict

from predict.job import Limits
from predict.sandbox.limits.threads import environment

HERE = Path(__file__).parent
SCRATCH = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR", "JOBLIB_TEMP_FOLDER")
# model: the libraries that it needs beside those of the test extra
NEEDS = {
    "asyncio_subprocess": [],
    "catboost_64": ["catboost"],
    "jax_jit": ["jax"],
    "joblib_loky": [],
    "joblib_memory": [],
    "joblib_threads": [],
    "lightgbm_64": [],
    "matplotlib_figure": ["matplotlib"],
    "multiprocessing_locks": [],
    "multiprocessing_pools": [],
    "numba_cached": ["numba"],
    "numba_pickled": ["numba"],
    "parquet_in_scratch": [],
    "polars_lazy": ["polars"],
    "process_pool": [],
    "scipy_solvers": ["scipy"],
    "shared_memory": [],
    "sklearn_jobs": ["sklearn"],
    "statsmodels_ols": ["statsmodels"],
    "subprocesses": [],
    "torch_loader": ["torch"],
    "torch_net": ["torch"],
    "xgboost_64": ["xgboost"],
}
CPUS = {"joblib_loky": 2}  # with one, joblib starts no processes
# Its workers open files in /dev/shm a moment after it closed them: the end of another run would remove them in between.
ALONE = {"joblib_loky"}
ROWS = [pytest.param(name, marks=pytest.mark.alone) if name in ALONE else name for name in NEEDS]


def test_every_model_has_a_row() -> None:
    assert {path.stem for path in (HERE / "models").glob("*.py")} == set(NEEDS)


@pytest.mark.parametrize("name", ROWS)
def test_the_room_changes_no_number(name: str, live: Path, run: Run, tmp_path: Path) -> None:
    for library in NEEDS[name]:
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    limits = Limits(cpus=CPUS.get(name, 1))
    model, expected = unguarded(name, live, tmp_path, limits.cpus)
    report = run(model, limits=limits)
    assert_verdict(report, "Success", None)
    assert report.predictions is not None
    pd.testing.assert_frame_equal(read(Path(report.predictions.file)), expected, check_exact=True)


def unguarded(name: str, live: Path, folder: Path, cpus: int) -> tuple[Path, pd.DataFrame]:
    """Pickle and run a model in a plain process: its pickle and its predictions.

    It has the same variables for threads: a sum by two threads may differ from a sum by one in its last digit. Its
    shared files stay out of /dev/shm, where the end of another test's run of this user removes what nobody holds.
    """
    source, pickled, predictions = HERE / "models" / f"{name}.py", folder / "model.pkl", folder / "predictions.csv"
    program = [sys.executable, *map(str, (HERE / "unguarded.py", source, live, pickled, predictions))]
    with tempfile.TemporaryDirectory() as scratch:  # a short path: a Unix socket's has 107 bytes at most
        variables = os.environ | environment(cpus) | dict.fromkeys(SCRATCH, scratch)
        ended = subprocess.run(program, cwd=scratch, env=variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return pickled, read(predictions)


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, index_col="id", dtype=str).astype(float)  # every digit: pandas reads some of them
