"""The worker's story: get ready, load, read, call, answer."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import io
import json
import os
import resource
import signal
import sys
import types
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from .answer import send_answer
from .channel import Channel
from .failure import TEXT_CAP, Refused, describe, plain, refusal
from .frames import DatasetError, open_features, read_benchmarks, read_frame
from .functions import as_function
from .pickles import load

if TYPE_CHECKING:
    import pyarrow.parquet as pq

LIBRARIES = (
    *("cloudpickle", "numpy", "pandas", "pyarrow", "scipy", "scikit-learn", "lightgbm", "xgboost", "xgboost-cpu"),
    *("catboost", "polars", "joblib", "numba", "statsmodels", "torch", "tensorflow", "keras", "jax"),
)

PR_SET_PDEATHSIG = 1


class HiddenRunner:
    """Import hook: a model that names a module `predict` means its author's own file, never our package."""

    package = Path(__file__).parents[2]

    @classmethod
    def find_spec(cls, name: str, path: object = None, _target: object = None) -> ModuleSpec | None:
        """Refuse our own package; leave every other name to the ordinary finders."""
        if name != cls.package.name or path is not None:
            return None
        spec = PathFinder.find_spec(name)
        if spec is not None and spec.origin == str(cls.package / "__init__.py"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return spec


def main() -> NoReturn:
    """Get ready, wait for the request, run it."""
    trace = int(sys.argv[2])
    faulthandler.enable(file=trace, all_threads=True)
    faulthandler.register(signal.SIGXCPU, file=trace, all_threads=True)
    gc.disable()  # imports and frames are one long allocation: collecting in between finds nothing
    import cloudpickle  # noqa: F401  a broken installation must show here, before `ready`
    import pandas as pd  # noqa: F401

    channel = Channel(int(sys.argv[1]))
    request = json.loads(sys.stdin.buffer.read())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    assert isinstance(sys.stdout, io.TextIOWrapper)  # noqa: S101  the model has not replaced it yet
    sys.stdout.reconfigure(line_buffering=True)
    try:
        model = Path(request["model"]).open("rb")  # noqa: SIM115  load closes it
        features, ids = open_features(request["features"])
    except (OSError, DatasetError) as error:
        what = "dataset" if isinstance(error, DatasetError) else "model"
        channel.send({"type": "unusable", "what": what, "text": plain(error, TEXT_CAP)})
        os._exit(0)
    die_with(request["supervisor"])
    close_doors(request["rlimits"])
    channel.send({"type": "ready", "rows": len(ids), "libraries": versions()}, ids)
    run(request, model, features, channel)
    os._exit(0)


def die_with(supervisor: int) -> None:
    """Let the kernel kill this process when the supervisor dies, however it dies: prctl(2), PR_SET_PDEATHSIG."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:  # it died before we asked
        os._exit(1)


def close_doors(rlimits: dict[str, int]) -> None:
    """Set the limits that the supervisor asked for, and hide what is ours."""
    for name, value in rlimits.items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (limit, limit))
    sys.meta_path.insert(0, HiddenRunner)
    # A pickle that names __main__ means its author's script, and multiprocessing must not run this one again.
    sys.modules["__main__"] = types.ModuleType("__main__")


def run(request: dict[str, Any], model: IO[bytes], features: pq.ParquetFile, channel: Channel) -> None:
    """Run the model; whatever happens becomes one last message."""
    try:
        answer(request, model, features, channel)
    except Refused as error:
        last = refusal(error)
    except BaseException as error:  # noqa: BLE001  SystemExit and KeyboardInterrupt of the model are facts too
        last = describe(error, channel.phase)
    else:
        return
    _flush()
    channel.send(last)


def answer(request: dict[str, Any], model: IO[bytes], features: pq.ParquetFile, channel: Channel) -> None:
    """Load, read, call, answer."""
    channel.enter("load")
    function, count = as_function(load(model))
    channel.enter("read")
    frames = [read_frame(features)]
    if count > 1:
        channel.enter("benchmarks")
        frames.append(read_benchmarks(request["benchmarks"], frames[0], channel))
    gc.freeze()  # else the model's first collection looks through all that we imported: 30 ms
    gc.enable()
    channel.enter("call")
    result = function(*frames)
    channel.enter("answer")
    _flush()
    send_answer(result, channel)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the model may have closed or replaced it
            stream.flush()


def versions() -> dict[str, str]:
    """Installed versions of the libraries that models use most.

    Read from the names of their folders, `{name}-{version}.dist-info` (PEP 427): importlib.metadata opens and
    parses a file for each, which takes as long as the whole check of the predictions.
    """
    found: dict[str, str] = {}
    for folder in map(Path, sys.path):
        for entry in folder.glob("*.dist-info") if folder.is_dir() else ():
            name, _, version = entry.stem.partition("-")
            found.setdefault(name.replace("_", "-").lower(), version)
    return {name: found[name] for name in LIBRARIES if name in found}
