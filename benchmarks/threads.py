"""What does a pickled n_jobs=64 cost on one CPU, and what does it cost once it is capped? Prints Markdown.

The same work with n_jobs=1, with 64, and with 64 capped as the runner caps it; each in a fresh process that pins itself
to one CPU, in turn. Loading and fitting are not timed where the work is to predict. Ratios are to n_jobs=1.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import subprocess  # noqa: TID251  a benchmark starts programs
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from predict.sandbox.limits.threads import environment
from predict.sandbox.worker.parallel import cap

MANY = 64
WAYS = ((1, "free"), (MANY, "free"), (MANY, "capped"))
GOAL = 1.5

Work = Callable[[], Any]


@dataclass(frozen=True)
class Subject:
    """One row: what it needs, and how to make its work for a number of jobs."""

    needs: str
    make: Callable[[int], Work]


def _data(rows: int = 4000) -> tuple[Any, Any]:
    import numpy as np

    random = np.random.default_rng(0)
    return random.random((rows, 40)), random.random(rows)


def _lightgbm(n_jobs: int) -> Any:
    from lightgbm import LGBMRegressor

    return LGBMRegressor(n_estimators=100, n_jobs=n_jobs, verbose=-1)


def _lightgbm_fit(n_jobs: int) -> Work:
    features, target = _data()
    model = _lightgbm(n_jobs)
    return lambda: model.fit(features, target).predict(features)


def _lightgbm_predict(n_jobs: int) -> Work:
    features, target = _data()
    model = _lightgbm(1).fit(features, target).set_params(n_jobs=n_jobs)
    return lambda: [model.predict(features) for _ in range(20)][-1]


def _xgboost_fit(n_jobs: int) -> Work:
    from xgboost import XGBRegressor

    features, target = _data()
    return lambda: XGBRegressor(n_estimators=100, n_jobs=n_jobs).fit(features, target).predict(features)


def _catboost_predict(n_jobs: int) -> Work:
    from catboost import CatBoostRegressor

    features, target = _data()
    model = CatBoostRegressor(iterations=100, verbose=0, thread_count=1, allow_writing_files=False)
    model.fit(features, target)
    return lambda: [model.predict(features, thread_count=n_jobs) for _ in range(100)][-1]


def _forest_predict(n_jobs: int) -> Work:
    from sklearn.ensemble import RandomForestRegressor

    features, target = _data()
    model = RandomForestRegressor(50, max_depth=6, n_jobs=1, random_state=0).fit(features[:1000], target[:1000])
    model.n_jobs = n_jobs
    return lambda: [model.predict(features) for _ in range(20)][-1]


def _torch(n_jobs: int) -> Work:
    import torch

    torch.set_num_threads(n_jobs)
    features = torch.from_numpy(_data()[0])
    return lambda: [torch.sort(features @ features.T[:, :600], 0).values for _ in range(10)][-1]


def _joblib(backend: str) -> Callable[[int], Work]:
    def make(n_jobs: int) -> Work:
        import numpy as np
        from joblib import Parallel, delayed

        features, _ = _data()
        parts = [features[start : start + 400] for start in range(0, len(features), 20)]
        return lambda: Parallel(n_jobs=n_jobs, backend=backend)(delayed(np.linalg.norm)(part, 2) for part in parts)

    return make


SUBJECTS = {
    "LightGBM fit": Subject("lightgbm", _lightgbm_fit),
    "LightGBM predict": Subject("lightgbm", _lightgbm_predict),
    "XGBoost fit": Subject("xgboost", _xgboost_fit),
    "CatBoost predict": Subject("catboost", _catboost_predict),
    "RandomForest predict": Subject("sklearn", _forest_predict),
    "PyTorch `set_num_threads`": Subject("torch", _torch),
    "joblib threading": Subject("joblib", _joblib("threading")),
    "joblib multiprocessing": Subject("joblib", _joblib("multiprocessing")),
    "joblib loky": Subject("joblib", _joblib("loky")),
}


def main(argv: Sequence[str]) -> int:
    """Measure and print; with --work, be one of the measured processes."""
    arguments = _arguments(argv)
    if arguments.work:
        _work(*arguments.work)
        return 0
    print(_line(["library", "n_jobs=1", f"n_jobs={MANY}", f"n_jobs={MANY}, capped", "goal"]))
    print(_line(["---", "---:", "---:", "---:", "---"]))
    for name, subject in SUBJECTS.items():
        if importlib.util.find_spec(subject.needs):
            print(_row(name, arguments.runs, arguments.cpu), flush=True)
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="threads.py", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each (default: %(default)s)")
    parser.add_argument("--cpu", type=int, default=0, help="the CPU that all run on, on Linux (default: %(default)s)")
    parser.add_argument("--work", nargs=4, metavar=("NAME", "N_JOBS", "WAY", "CPU"), help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _work(name: str, n_jobs: str, way: str, cpu: str) -> None:
    """Do one subject's work, timed; print the seconds and a digest of its numbers."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {int(cpu)})
    if way == "capped":  # before any library is loaded: they look at the variables once
        os.environ.update(environment(1))
        cap(1)
    work = SUBJECTS[name].make(int(n_jobs))
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    print(seconds, _digest(result))


def _digest(result: Any) -> str:
    import numpy as np

    return hashlib.sha256(np.ascontiguousarray(result).tobytes()).hexdigest()


def _row(name: str, runs: int, cpu: int) -> str:
    """Take turns, so that a slow moment of the machine meets all ways."""
    rounds: list[list[float]] = []
    for number in range(1, runs + 1):
        print(f"{name}: round {number} of {runs}", file=sys.stderr)
        (alone, digest), (many, _), (capped, same) = [_run(name, n_jobs, way, cpu) for n_jobs, way in WAYS]
        if same != digest:
            sys.exit(f"{name}: the cap changed the numbers, so nothing was measured")
        rounds.append([alone, many, capped])
    seconds = median(alone for alone, _, _ in rounds)
    ratios = [median(each[way] / each[0] for each in rounds) for way in (1, 2)]
    return _line([name, f"{seconds:.2f} s", *(f"{ratio:.2f}x" for ratio in ratios), f"≤ {GOAL}x"])


def _run(name: str, n_jobs: int, way: str, cpu: int) -> tuple[float, str]:
    command = [sys.executable, __file__, "--work", name, str(n_jobs), way, str(cpu)]
    path = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{name}: exit code {done.returncode}, so nothing was measured")
    seconds, digest = done.stdout.split()[-2:]
    return float(seconds), digest


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
