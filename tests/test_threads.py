from __future__ import annotations

import json
import os
import subprocess  # noqa: TID251  a test starts fresh interpreters
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cloudpickle
import pandas as pd
import pytest
from conftest import Run, assert_verdict

import predict
from predict.job import Limits
from predict.sandbox.limits.cpus import available
from predict.sandbox.limits.threads import VARIABLES, environment

ROOT = Path(predict.__file__).parents[1]
BACKENDS = ["loky", "multiprocessing", "threading"]
PRELUDE = """
import json, os, sys, threading
from predict.sandbox.worker.parallel import cap
"""
SHARED = """
def task(number):
    return os.getpid(), threading.active_count()
"""


def told(code: str, cpus: int) -> Any:
    """Run code in a fresh interpreter that has the variables; it tells by print, as JSON, what it saw."""
    variables = {**os.environ, **environment(cpus), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-W", "ignore", "-c", PRELUDE + code]
    ended = subprocess.run(program, env=variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize("cpus", [1, 2])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_joblib_backend_has_no_more_workers_than_processors(backend: str, cpus: int) -> None:
    code = f"""
cap({cpus})
from joblib import Parallel, delayed, effective_n_jobs, parallel_config
with parallel_config(backend={backend!r}):
    workers = [effective_n_jobs(n_jobs) for n_jobs in (64, 3, -1, 1, None)]
    squares = Parallel(n_jobs=64)(delayed(pow)(number, 2) for number in range(100))
print(json.dumps([workers, squares]))
"""
    (many, few, all_of_them, one, unset), squares = told(code, cpus)
    assert (many, few, one, unset) == (cpus, min(3, cpus), 1, 1)
    assert 1 <= all_of_them <= cpus
    assert squares == [number**2 for number in range(100)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_on_one_processor_joblib_starts_neither_processes_nor_threads(backend: str) -> None:
    code = f"""
{SHARED}
cap(1)
from joblib import Parallel, delayed
seen = Parallel(n_jobs=64, backend={backend!r})(delayed(task)(number) for number in range(9))
print(json.dumps([os.getpid(), seen]))
"""
    own, seen = told(code, 1)
    assert seen == [[own, 1]] * 9


def test_nested_calls_are_capped_at_each_level() -> None:
    code = f"""
{SHARED}
cap(2)
from joblib import Parallel, delayed
def inner():
    return max(Parallel(n_jobs=64, require="sharedmem")(delayed(task)(number) for number in range(9)))
seen = Parallel(n_jobs=64, prefer="threads")(delayed(inner)() for _ in range(4))
print(json.dumps([threads for _, threads in seen]))
"""
    pool = 2 + 3  # workers, and the threads that manage a pool
    assert max(told(code, 2)) <= 1 + pool + 2 * pool


@pytest.mark.parametrize("when", ["cap(1); import joblib", "import joblib; cap(1)", "cap(1); cap(1); import joblib"])
def test_it_does_not_matter_who_imports_joblib_when(when: str) -> None:
    assert told(f"{when}; print(joblib.effective_n_jobs(64))", 1) == 1


def test_the_cap_itself_imports_no_joblib() -> None:
    assert told("cap(1); print(json.dumps([name for name in sys.modules if 'joblib' in name]))", 1) == []


@pytest.mark.parametrize("order", ["cap(1); import joblib", "import joblib; cap(1)"])
@pytest.mark.parametrize("content", ["", "BACKENDS = None", "BACKENDS = {'loky': object}"])
def test_an_unknown_joblib_is_imported_as_it_is(content: str, order: str, tmp_path: Path) -> None:
    (tmp_path / "joblib").mkdir()
    (tmp_path / "joblib" / "__init__.py").write_text("from . import parallel")
    (tmp_path / "joblib" / "parallel.py").write_text(f"{content}\nname = __name__")
    code = f"sys.path.insert(0, {str(tmp_path)!r}); {order}; print(json.dumps(joblib.parallel.name))"
    assert told(code, 1) == "joblib.parallel"


def test_joblibs_source_and_cache_are_what_they_were(tmp_path: Path) -> None:
    code = f"""
cap(1)
import inspect, joblib
calls = []
cached = joblib.Memory({str(tmp_path)!r}, verbose=0).cache(lambda number: calls.append(number) or number)
print(json.dumps([[cached(7), cached(7)], calls, "class Parallel" in inspect.getsource(joblib.parallel)]))
"""
    assert told(code, 1) == [[7, 7], [7], True]


@pytest.mark.parametrize("cpus", [1, 2])
@pytest.mark.parametrize("library", ["import os; count = os.cpu_count", "from pyarrow import cpu_count as count"])
def test_libraries_count_only_the_models_processors(library: str, cpus: int) -> None:
    assert told(f"cap({cpus}); {library}; print(count())", cpus) == cpus


OPENMP = """
cap({cpus})
import numpy as np, psutil
random = np.random.default_rng(0)
X, y = random.random((500, 5)), random.random(500)
{make}
def predict(n_jobs):
    return make(n_jobs).fit(X, y).predict(X).tolist()
alone, before = predict(1), psutil.Process().num_threads()
print(json.dumps([alone, predict(64), psutil.Process().num_threads() - before]))
"""


@pytest.mark.parametrize("cpus", [1, 2])
def test_lightgbms_own_threads_are_capped_and_its_numbers_stay(cpus: int) -> None:
    make = """
from lightgbm import LGBMRegressor
def make(n_jobs):
    return LGBMRegressor(n_estimators=5, n_jobs=n_jobs, verbose=-1)
"""
    alone, together, grown = told(OPENMP.format(make=make, cpus=cpus), cpus)
    assert together == alone
    assert grown <= cpus - 1


def test_a_forest_predicts_the_same_numbers_as_with_one_job() -> None:
    make = """
from sklearn.ensemble import RandomForestRegressor
def make(n_jobs):
    return RandomForestRegressor(60, max_depth=3, n_jobs=n_jobs, random_state=0)
"""
    alone, together, _ = told(OPENMP.format(make=make, cpus=1), 1)
    assert together == alone  # several threads add up the trees in any order, which changes the last digits


def with_64_jobs(live_features: pd.DataFrame) -> pd.DataFrame:
    import lightgbm
    import numpy as np
    import psutil

    before = psutil.Process().num_threads()
    target = np.arange(len(live_features)) / len(live_features)
    features = live_features.filter(like="feature_")
    model = lightgbm.LGBMRegressor(n_estimators=5, min_child_samples=2, n_jobs=64, verbose=-1).fit(features, target)
    prediction = model.predict(features)
    assert psutil.Process().num_threads() - before <= 1, "too many threads"
    return pd.DataFrame({"prediction": prediction}, live_features.index).rank(pct=True)


def test_the_room_has_both(tmp_path: Path, run: Run, by_value: Callable[[Any], bytes]) -> None:
    model = tmp_path / "model.pkl"
    model.write_bytes(by_value(with_64_jobs))
    assert_verdict(run(model), "Success", None)


def counting_pools(cpus: int, live_features: pd.DataFrame) -> pd.DataFrame:
    import lightgbm  # noqa: F401  with it come OpenMP and BLAS
    import numpy as np
    import threadpoolctl  # type: ignore[import-untyped]  # scikit-learn brings it

    pools = {pool["filepath"]: pool["num_threads"] for pool in threadpoolctl.threadpool_info()}
    assert set(pools.values()) == {cpus}, pools
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)


@pytest.fixture
def sixteen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all that libraries ask say that there are 16 processors, where it is the supervisor's environment."""
    for name in (*VARIABLES, "PYTHON_CPU_COUNT"):
        monkeypatch.setenv(name, "16")


@pytest.mark.usefixtures("sixteen")
@pytest.mark.parametrize("asked", [1, 2])
@pytest.mark.parametrize("guards", ["auto", "off"])
def test_every_pool_has_as_many_threads_as_the_run_has_processors(
    guards: str, asked: int, tmp_path: Path, run: Run, by_value: Callable[[Any], bytes]
) -> None:
    model, cpus = tmp_path / "model.pkl", available(asked).count
    model.write_bytes(by_value(partial(counting_pools, cpus)))
    assert_verdict(run(model, limits=Limits(cpus=cpus), guards=guards), "Success", None)


@pytest.fixture
def by_value() -> Any:
    """Pickle a function of this file as if it were a notebook's."""
    this = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(this)
    yield cloudpickle.dumps
    cloudpickle.unregister_pickle_by_value(this)
