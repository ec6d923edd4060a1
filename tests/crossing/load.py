"""Load and call pickles here: `python -I load.py LIVE BENCHMARKS`, by each environment's own Python.

Names of pickles come on stdin; for each a line of JSON says what happened: [name, kind, values or text]. It is loaded
as the worker loads it, in a fork, for it may crash.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource  # noqa: TID251  what loops must end
import signal  # noqa: TID251  the name of what killed it
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

PACKAGE = Path(__file__).resolve().parents[2] / "predict"
SECONDS = 20
SHOWN = 300
# Slow to import, and what they import is theirs alone: scikit-learn's own modules are left to those that need them.
PRELOADED = ("pandas", "pyarrow.parquet", "cloudpickle", "joblib", "scipy.stats", "sklearn", "lightgbm", "xgboost")


def main(*frames: str) -> None:
    """Say what happened to each."""
    warnings.simplefilter("ignore")
    prepare()
    import pandas as pd

    live = [pd.read_parquet(path, use_threads=False) for path in frames]
    gc.freeze()  # else each fork copies what a collection looks at
    for name in sys.stdin.read().splitlines():
        print(json.dumps([name, *happened(name, live)]), flush=True)


def prepare() -> None:
    """Import the worker under its own name, as worker/__main__.py does, and what most models need."""
    for name, path in (("_predict", PACKAGE), ("_predict.sandbox", PACKAGE / "sandbox")):
        package = ModuleType(name)
        package.__path__ = [str(path)]
        sys.modules[name] = package
    importlib.import_module("_predict.sandbox.worker.names").install()
    for module in ("pickles", "functions"):
        importlib.import_module(f"_predict.sandbox.worker.{module}")
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.modules["__main__"] = ModuleType("__main__")  # a pickle that names it means its author's script


def happened(name: str, frames: list[Any]) -> tuple[str, Any]:
    """Load and call it in a fork: ran, load, call, or how it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _child(name, frames, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = stream.read()
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return "signal", signal.Signals(os.WTERMSIG(status)).name
    return tuple(json.loads(told)) if told.endswith(b"]") else ("call", "it left without an answer")


def _child(name: str, frames: list[Any], writing: int) -> NoReturn:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    signal.alarm(SECONDS)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    steps = ["load"]
    try:
        found: tuple[str, Any] = ("ran", _called(name, frames, steps))
    except BaseException as error:  # noqa: BLE001  SystemExit is a result too
        found = (steps[-1], f"{type(error).__name__}: {error}"[:SHOWN])
    os.write(writing, json.dumps(found).encode())
    os._exit(0)


def _called(name: str, frames: list[Any], steps: list[str]) -> list[float]:
    pickles, functions = (sys.modules[f"_predict.sandbox.worker.{module}"] for module in ("pickles", "functions"))
    function, count = functions.as_function(pickles.load(open(name, "rb")))  # noqa: SIM115, PTH123  load closes it
    steps.append("call")
    answer = function(*(frame.copy() for frame in frames[:count]))
    if list(answer.columns) != ["prediction"] or list(answer.index) != list(frames[0].index):
        raise TypeError(f"the answer is {answer.shape} of {list(answer.columns)}"[:SHOWN])
    return [float(value) for value in answer["prediction"]]


if __name__ == "__main__":
    main(*sys.argv[1:])
