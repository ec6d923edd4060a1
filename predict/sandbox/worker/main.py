"""The worker's story: get ready, load, read, call, answer."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import io
import os
import signal
import socket
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from ..limits.death import die_with
from ..limits.lock import lock
from ..limits.plan import Plan
from . import accelerated, names
from .answer import send_answer
from .channel import Channel
from .failure import TEXT_CAP, Refused, describe, plain, refusal
from .frames import DatasetError, open_features, read_benchmarks, read_frame
from .functions import as_function
from .libraries import versions
from .parallel import cap
from .pickles import load
from .reading import Reading
from .tournament import Tournament

if TYPE_CHECKING:
    import pyarrow.parquet as pq

MOST_FILES = 2
GO = b"go"
REQUEST_CAP = 1024


def main(plan: Plan) -> NoReturn:
    """Lock the room, get ready, wait for the request, run it."""
    faulthandler.enable(file=plan.trace, all_threads=True)
    faulthandler.register(signal.SIGXCPU, file=plan.trace, all_threads=True)
    channel = Channel(plan.channel)
    close_doors(plan, channel)
    reading = Reading(plan.memory)
    if plan.only_read:
        with request() as stdin:
            reading.begin(receive(stdin)[1].model)
        channel.send(inspected(reading))
        os._exit(0)
    gc.disable()  # imports and frames are one long allocation: collecting in between finds nothing
    import cloudpickle  # noqa: F401  a broken installation must show here, before `ready`
    import pandas as pd  # noqa: F401

    served = accelerated.begin(plan)

    with request() as stdin:
        tournament, files = receive(stdin)
        reading.begin(files.model)
        try:
            features, ids = open_features(files.features, tournament)
        except DatasetError as error:
            channel.send({"type": "unusable", "text": plain(error, TEXT_CAP)})
            os._exit(0)
        channel.send({"type": "ready", "rows": len(ids), "ids": ids.column_names, "libraries": versions()}, ids)
        channel.send(inspected(reading))
        go, more, _, _ = socket.recv_fds(stdin, len(GO), MOST_FILES)
        if not go:  # what was read forbids it
            os._exit(0)
    files = replace(files, benchmarks=opened(more)[0] if more else None)
    run(files, features, channel, tournament, served)
    os._exit(0)


def close_doors(plan: Plan, channel: Channel) -> None:
    """Lock this process in while it has one thread, tell what holds, and hide what is ours.

    Before any library is imported: what restricts one thread would miss those that libraries start.
    """
    mechanisms = lock(plan) if plan.guarded else {}
    if not mechanisms:
        die_with(plan.keeper, signal.SIGKILL)
    channel.send({"type": "locked", "mechanisms": mechanisms})
    names.install()
    if plan.guarded:
        cap(plan.cpus)
    # A pickle that names __main__ means its author's script, and multiprocessing must not run this one again.
    sys.modules["__main__"] = types.ModuleType("__main__")
    assert isinstance(sys.stdout, io.TextIOWrapper)  # noqa: S101  the model has not replaced it yet
    sys.stdout.reconfigure(line_buffering=True)


def inspected(reading: Reading) -> dict[str, Any]:
    """The message for what was read, with where modules are looked for here."""
    path = [folder for folder in sys.path if Path(folder).exists()]
    return {"type": "inspected", "facts": reading.end(), "path": path}


@dataclass(frozen=True)
class Files:
    """What the supervisor opened for us: nobody else could, in here."""

    model: IO[bytes]
    features: IO[bytes]
    benchmarks: IO[bytes] | None = None


@contextlib.contextmanager
def request() -> Iterator[socket.socket]:
    """The supervisor's side of stdin; afterwards the model has an ordinary one, with nothing in it."""
    with socket.socket(fileno=0) as stdin:
        yield stdin
    assert os.open(os.devnull, os.O_RDONLY) == 0  # noqa: S101  the lowest number is the one just closed
    os.set_inheritable(0, True)


def receive(stdin: socket.socket) -> tuple[Tournament, Files]:
    """Wait for the request: two open files."""
    text, descriptors, _, _ = socket.recv_fds(stdin, REQUEST_CAP, MOST_FILES)
    return Tournament.from_json(text), Files(*opened(descriptors))


def opened(descriptors: Sequence[int]) -> list[IO[bytes]]:
    """The files that came with a message."""
    return [os.fdopen(descriptor, "rb") for descriptor in descriptors]


def run(
    files: Files, features: pq.ParquetFile, channel: Channel, tournament: Tournament, served: accelerated.Facts | None
) -> None:
    """Run the model; whatever happens becomes one last message."""
    try:
        answer(files, features, channel, tournament, served)
    except Refused as error:
        last = refusal(error)
    except BaseException as error:  # noqa: BLE001  SystemExit and KeyboardInterrupt of the model are facts too
        last = describe(error, channel.phase)
    else:
        return
    with contextlib.suppress(BaseException):  # its stdout may be the model's own object
        _flush()
    channel.send(last)


def answer(
    files: Files, features: pq.ParquetFile, channel: Channel, tournament: Tournament, served: accelerated.Facts | None
) -> None:
    """Let the model predict, and answer."""
    try:
        result = call(files, features, channel, tournament)
    finally:
        accelerated.tell(served, channel)
    channel.enter("answer")
    _flush()
    send_answer(result, channel, tournament)


def call(files: Files, features: pq.ParquetFile, channel: Channel, tournament: Tournament) -> Any:
    """Load, read, call."""
    files.model.seek(0)  # it has been read before
    channel.enter("load")
    function, count = as_function(load(files.model))
    channel.enter("read")
    frames = [read_frame(features, tournament.index)]
    if count > 1:
        channel.enter("benchmarks")
        frames.append(read_benchmarks(files.benchmarks, frames[0], channel, tournament.index))
    gc.freeze()  # else the model's first collection looks through all that we imported: 30 ms
    gc.enable()
    channel.enter("call")
    return function(*frames)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the model may have closed or replaced it
            stream.flush()
