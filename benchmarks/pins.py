"""Which pickles run in one set of libraries and not in another, and with which numbers? Prints Markdown.

A corpus is a folder with `manifest.jsonl`, pickles, and the `data/` that they are called with. Every pickle is loaded
and called in both environments as the worker does it, each in a process of its own. These processes have limits, but
no locked room: never_load and never_call are heeded, and a corpus of strangers is not for this script.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import math
import os
import resource  # noqa: TID251  the worker's limits would need the supervisor
import select
import signal  # noqa: TID251  a pickle that hangs is killed
import subprocess  # noqa: TID251  a benchmark starts programs
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

SANDBOX = Path(__file__).resolve().parent.parent / "predict" / "sandbox"
SECONDS = 60
MEMORY = 16 << 30  # of address space, which libraries reserve freely
NOISE = 1e-6
SHOWN = 110
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "POLARS", "NUMBA")}
PRELOADED = ("pandas", "sklearn.ensemble", "sklearn.pipeline", "scipy.stats", "lightgbm", "xgboost")  # no threads yet

Row: TypeAlias = "dict[str, Any]"
Outcomes: TypeAlias = "dict[str, Outcome]"


@dataclass(frozen=True)
class Outcome:
    """What one pickle did in one environment: its values, or the error that came instead."""

    values: tuple[float | str, ...]
    error: str

    @property
    def ran(self) -> bool:
        """Whether there are values."""
        return not self.error


@dataclass(frozen=True)
class Comparison:
    """Each pickle in A, in B, and where it was written as far as that environment is here."""

    rows: list[Row]
    before: Outcomes
    after: Outcomes
    written: Outcomes

    def where(self, condition: Callable[[Outcome, Outcome], bool]) -> list[Row]:
        """Select rows by their outcomes in A and B."""
        return [row for row in self.rows if condition(self.before[row["file"]], self.after[row["file"]])]


def main(argv: Sequence[str]) -> int:
    """Measure and print, or run the pickles if this is the process in the other environment."""
    arguments = _arguments(argv)
    if arguments.inside:
        return inside(arguments.corpus)
    minor = _output([arguments.a, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], "").strip()
    rows = chosen(arguments.corpus, minor)
    before, after = (outcomes(python, arguments.corpus, rows) for python in (arguments.a, arguments.b))
    written: Outcomes = {}
    for environment, _, python in (pair.partition("=") for pair in arguments.writer):
        written |= outcomes(python, arguments.corpus, [row for row in rows if row.get("env") == environment])
    print(report(Comparison(rows, before, after, written)))
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pins.py", description=__doc__)
    add = parser.add_argument
    add("corpus", type=Path, help="folder with manifest.jsonl")
    add("a", nargs="?", help="the Python of the environment to compare with; its minor chooses the functions")
    add("b", nargs="?", help="the Python of the environment in question")
    add("--writer", action="append", default=[], metavar="ENV=PYTHON", help="who wrote the manifest's ENV, for truth")
    add("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if not (arguments.inside or arguments.b):
        parser.error("two environments are needed")
    return arguments


def chosen(corpus: Path, minor: str) -> list[Row]:
    """Select what may be loaded and called: functions of this Python, and what holds no code."""
    rows = [json.loads(line) for line in (corpus / "manifest.jsonl").read_text().splitlines()]
    safe = [row for row in rows if not row.get("never_load") and not row.get("never_call")]
    return [row for row in safe if _minor(row) == minor or not row.get("has_code", not row["file"].startswith("lib/"))]


def _minor(row: Row) -> str:
    return ".".join(row["python"].split(".")[:2])


def outcomes(python: str, corpus: Path, rows: list[Row]) -> Outcomes:
    """Run the pickles in another environment."""
    names = "".join(f"{row['file']}\n" for row in rows)
    lines = _output([python, "-I", "-W", "ignore", __file__, str(corpus.resolve()), "--inside"], names).splitlines()
    found = [json.loads(line) for line in lines]
    return {name: Outcome(tuple(values), error) for name, values, error in found}


def _output(command: Sequence[str], given: str) -> str:
    environment = os.environ | ONE_THREAD
    return subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout


def report(comparison: Comparison) -> str:
    """Say in Markdown what was won and lost."""
    where = comparison.where
    ran = where(lambda a, _: a.ran)
    counts = [
        ("run in A", ran),
        ("of them in B with the same bits", where(lambda a, b: a.ran and same(a, b, 0))),
        ("of them in B within 1e-6", where(lambda a, b: a.ran and not same(a, b, 0) and same(a, b))),
        ("of them in B with other numbers", where(_other)),
        ("of them fail in B", where(lambda a, b: a.ran and not b.ran)),
        ("fail in A, run in B", where(lambda a, b: not a.ran and b.ran)),
        ("fail in both", where(lambda a, b: not a.ran and not b.ran)),
    ]
    table = ["| pickles | |", "|---|---|", *(f"| {name} | {len(rows)} |" for name, rows in counts)]
    details = [_named(comparison, name, rows) for name, rows in counts[3:6] if rows]
    return "\n".join([*table, *details])


def same(one: Outcome, two: Outcome, tolerance: float = NOISE) -> bool:
    """Whether both have the same values."""
    if len(one.values) != len(two.values) or one.error or two.error:
        return False
    return all(_close(a, b, tolerance) for a, b in zip(one.values, two.values, strict=True))


def _close(one: float | str, two: float | str, tolerance: float) -> bool:
    if one == two or isinstance(one, str) or isinstance(two, str):
        return one == two
    return abs(one - two) <= tolerance or (math.isnan(one) and math.isnan(two))


def _other(a: Outcome, b: Outcome) -> bool:
    return a.ran and b.ran and not same(a, b)


def _named(comparison: Comparison, title: str, rows: list[Row]) -> str:
    groups = defaultdict(list)
    for row in rows:
        groups[_remark(comparison, row["file"])].append(row["file"])
    return "\n".join(
        [f"\n{title}:", *(f"- {len(names)}: {remark}: {', '.join(names)}" for remark, names in groups.items())]
    )


def _remark(comparison: Comparison, name: str) -> str:
    before, after = comparison.before[name], comparison.after[name]
    if not after.ran:
        return after.error
    truth = comparison.written.get(name)
    if truth is None or not truth.ran:
        right = "the writer's numbers are unknown"
    else:
        right = f"{_right(before, truth, 'A')}B {'has' if same(after, truth) else 'has not'} the writer's numbers"
    return f"{right} ({before.error})" if before.error else right


def _right(before: Outcome, truth: Outcome, name: str) -> str:
    return "" if before.error else f"{name} {'has' if same(before, truth) else 'has not'} and "


def inside(corpus: Path) -> int:
    """Run each pickle that stdin names in a fork, which shares the imported libraries, and print what it did."""
    prepare()
    for name in sys.stdin.read().splitlines():
        print(json.dumps([name, *_isolated(corpus, name)]), flush=True)
    return 0


def prepare() -> None:
    """Import the worker under its own name, as worker/__main__.py does, and what most models need."""
    for name, folder in (("_predict", SANDBOX.parent), ("_predict.sandbox", SANDBOX)):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    sys.modules["__main__"] = ModuleType("__main__")  # a pickle that names it means its author's script
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    importlib.import_module("_predict.sandbox.worker.names").install()


def _isolated(corpus: Path, name: str) -> tuple[list[float | str], str]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        answer, status = _forked(corpus, name, folder)
    if not answer:
        return [], f"ended by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "ended without an answer"
    values, error = json.loads(answer)
    return values, error


def _forked(corpus: Path, name: str, folder: str) -> tuple[bytes, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        _child(corpus, name, writing)
    os.close(writing)
    answer = _read(reading)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return answer, os.waitpid(pid, 0)[1]


def _read(descriptor: int) -> bytes:
    """Read the answer; nothing when it takes too long."""
    with os.fdopen(descriptor, "rb") as stream:
        ready, _, _ = select.select([stream], [], [], SECONDS)
        return stream.readline() if ready else b""


def _child(corpus: Path, name: str, writing: int) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    try:
        found = (called(corpus, name), "")
    except BaseException as error:  # noqa: BLE001  SystemExit is a result too
        found = ([], _short(error))
    os.write(writing, f"{json.dumps(found)}\n".encode())
    os._exit(0)


def _short(error: BaseException) -> str:
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:SHOWN]


def called(corpus: Path, name: str) -> list[float | str]:
    """Load a pickle and call it with as many frames as it needs; an object of data is its own answer."""
    import numpy as np
    import pandas as pd

    pickles, functions = (
        importlib.import_module(f"_predict.sandbox.worker.{module}") for module in ("pickles", "functions")
    )
    model = pickles.load((corpus / name).open("rb"))
    if isinstance(model, (np.ndarray, pd.DataFrame, pd.Series, pd.Index)):
        return plain(model)
    function, count = functions.as_function(model)
    frames = [pd.read_parquet(corpus / "data" / f"{data}.parquet") for data in ("live", "bench")[:count]]
    if not callable(model):  # an estimator: not each version of each library tells the columns that it was fitted on
        frames = [frame.select_dtypes("number") for frame in frames]
    return plain(function(*frames))


def plain(answer: Any) -> list[float | str]:
    """Turn an answer into values that JSON keeps to the last bit."""
    import numpy as np

    values: Iterable[Any]
    array = np.asarray(answer)
    if array.dtype.kind in "fiub":
        values = array.astype(float).ravel().tolist()
    else:
        values = map(str, np.asarray(answer, dtype=object).ravel())
    return list(values)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
