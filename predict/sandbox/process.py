"""Start a worker early, give it its request, end it for good."""

from __future__ import annotations

import contextlib
import io
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from predict.errors import PlatformError
from predict.interrupt import shielded
from predict.job import Guards, Limits

from .consumption import Consumption
from .ending import Ending, Request
from .limits import ending
from .limits.plan import Plan
from .messages import Inspected, Locked
from .outcome import never_ready
from .promises import lacking
from .room import Room
from .surroundings import Surroundings
from .variables import environment
from .watch import CHUNK, Allow, Descriptors, Hear, Listener, Say, Watch

if TYPE_CHECKING:
    from typing_extensions import Self

WORKER = Path(__file__).parent / "worker" / "__main__.py"
PATIENCE = 30.0  # seconds that the keeper may take to end everything
GO = b"go"  # as in worker/main.py
AGAIN = 0.5  # seconds between two calls


class Worker:
    """One child process for one model. Its imports run while we fetch what it needs."""

    def __init__(self, limits: Limits, guards: Guards, *, accelerate: bool = False, only_reads: bool = False) -> None:
        self._limits = limits
        self._guards = guards
        self._accelerate = accelerate
        self._only_reads = only_reads
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with shielded():
            self._open.close()

    def start(self) -> None:
        """Start it: not in `__enter__`, for a signal between that and the body of the `with` would leave it behind."""
        with shielded():
            self._start(self._open)

    def _start(self, stack: contextlib.ExitStack) -> None:
        self._room = Room(self._limits, guarded=self._guards != "off", stack=stack)
        self.around = Surroundings(self._room, self._limits)
        channel, worker_channel = _pipe(stack)
        trace, worker_trace = _pipe(stack)
        post, keeper_post = _pipe(stack)
        self._request, stdin = map(stack.enter_context, socket.socketpair())
        theirs = (worker_channel, worker_trace, keeper_post)
        numbers = [pipe.fileno() for pipe in theirs]
        self._process = subprocess.Popen(  # noqa: S603  our own file, our own arguments
            [*_python(self._limits.cpus), str(WORKER), self._plan(*numbers).to_json()],
            stdin=stdin.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=numbers,
            cwd=self._room.scratch,
            env=environment(self._room.scratch, self._limits.cpus),
            start_new_session=True,
        )
        stack.callback(_close_pipes, self._process)
        for stream in filter(None, (self._process.stdout, self._process.stderr)):
            if self._room.uid is not None:
                os.fchown(stream.fileno(), self._room.uid, -1)  # so that the model may open /dev/stdout
        stack.callback(self._end, None)
        for end in (*theirs, stdin):
            end.close()
        self._own = (channel.fileno(), trace.fileno(), post.fileno())

    def _plan(self, channel: int, trace: int, post: int) -> Plan:
        plan = self._room.plan(channel, trace, post)
        return replace(plan, accelerate=self._accelerate, only_read=self._only_reads)

    def run(self, request: Request, hear: Hear, say: Say, allow: Allow) -> Ending:
        """Run one model to its end, whatever that is.

        `hear` gets every message as it comes, `say` every line that the model prints, with its stream's name; `allow`
        what the pickle told without being loaded: whether it may be.
        """
        return self._watch(request, Listener(hear, say, self._accept, partial(self._allow, allow, request.benchmarks)))

    def inspect(self, model: Path) -> Inspected:
        """Only read a pickle.

        Raises:
            PlatformError: `model_unavailable`, or `worker_not_ready`.
        """
        nothing = Path(os.devnull)
        listener = Listener(lambda _: None, lambda *_: None, self._accept, lambda _: False)
        seen = self._watch(Request(model, nothing, nothing), listener)
        if seen.inspected is None:
            raise never_ready(seen, self._limits)
        return seen.inspected

    def _allow(self, allow: Allow, benchmarks: Path, inspected: Inspected) -> bool:
        """Benchmarks are optional: only some models need them, and `allow` may have fetched them."""
        allowed = allow(inspected)
        if allowed:
            with contextlib.ExitStack() as stack:
                files: list[int] = []
                with contextlib.suppress(OSError):
                    files.append(stack.enter_context(benchmarks.open("rb")).fileno())
                with contextlib.suppress(OSError):  # it died before: the watch will see it
                    socket.send_fds(self._request, [GO], files)
        return allowed

    def examine(self) -> dict[str, str | None]:
        """Lock the room for nobody; return why not for each mechanism, None where it holds here.

        Raises:
            PlatformError: `worker_not_ready`.
        """
        nothing = Path(os.devnull)
        request = Request(nothing, nothing, nothing)
        seen = self._watch(request, Listener(lambda _: None, lambda *_: None, lambda _: "examined", lambda _: False))
        if not seen.mechanisms:
            raise PlatformError("worker_not_ready", f"The worker did not start: {seen.errors.strip()[-500:]}")
        return seen.mechanisms

    def _watch(self, request: Request, listener: Listener) -> Ending:
        process = self._process
        assert process.stdout and process.stderr  # noqa: S101, PT018  both are pipes
        pipes = Descriptors(*self._own, process.stdout.fileno(), process.stderr.fileno())
        consumption = Consumption(process.pid, self._room, self._limits)
        watch = Watch(consumption, pipes, self._limits, listener)
        try:
            self._send(request, watch)
            watch.until_end()
            if watch.cause == "timeout":
                os.kill(process.pid, signal.SIGXCPU)
                watch.until_told_where()
            consumption.look_last()
            used = self._end(watch)
        finally:
            watch.close()
        return _ending(request, watch, used, self.around)

    def _send(self, request: Request, watch: Watch) -> None:
        """Open the files here, for the worker may not."""
        with contextlib.ExitStack() as stack:
            try:
                files = [stack.enter_context(path.open("rb")) for path in (request.model, request.features)]
            except OSError as error:
                watch.stop("no_model" if error.filename == str(request.model) else "no_features", error.strerror or "")
                return
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died before: the watch will see it
                socket.send_fds(self._request, [request.tournament.for_worker()], [file.fileno() for file in files])

    def _accept(self, locked: Locked) -> str:
        return ", ".join(lacking(self._limits, locked.mechanisms)) if self._guards == "strict" else ""

    def _end(self, watch: Watch | None) -> Used:
        """Let the keeper end everything, and itself; return CPU seconds and peak bytes of all that it buried."""
        with shielded():
            if self._process.returncode is not None:
                return Used(0.0, 0)
            self._until_gone(watch)
            _, status, usage = os.wait4(self._process.pid, 0)
            self._process.returncode = os.waitstatus_to_exitcode(status)
            if self._process.returncode != 0 and ending.is_reaper():  # somebody killed it before it could do its work
                ending.end_descendants(self._room.uid, lambda *_: None)
        unit = 1 if sys.platform == "darwin" else 1024
        return Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)

    def _until_gone(self, watch: Watch | None) -> None:
        """Ask the keeper again and again: one that has just been born may not hear yet."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            os.kill(self._process.pid, signal.SIGTERM)  # not Popen's own, which would reap it
            if watch.until_empty(AGAIN) if watch else _has_ended(self._own[2], AGAIN):
                return
        os.kill(self._process.pid, signal.SIGKILL)


@dataclass(frozen=True)
class Used:
    """What all processes of a run used: CPU seconds together, bytes the largest of them."""

    cpu_seconds: float
    peak_memory: int


def _has_ended(post: int, seconds: float) -> bool:
    """Wait for the end of what the keeper says."""
    end = time.monotonic() + seconds
    while select.select([post], [], [], max(0.0, end - time.monotonic()))[0]:
        if not os.read(post, CHUNK):
            return True
    return False


def _pipe(stack: contextlib.ExitStack) -> tuple[io.FileIO, io.FileIO]:
    """Make a pipe for the worker to write to: our end and its end."""
    ours, theirs = os.pipe()
    return stack.enter_context(io.FileIO(ours)), stack.enter_context(io.FileIO(theirs, "w"))


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdout, process.stderr):
        stream.close() if stream else None


def _python(cpus: int) -> list[str]:
    """`os.cpu_count()` tells the model what it has, from Python 3.13 on; older ones ignore the option."""
    return [sys.executable, "-I", "-X", f"cpu_count={cpus}"]


def _ending(request: Request, watch: Watch, used: Used, around: Surroundings) -> Ending:
    own = watch.last is None and watch.cause is None and watch.status is not None
    code = os.waitstatus_to_exitcode(watch.status) if own and watch.status is not None else None
    consumption = watch.consumption
    return Ending(
        request=request,
        mechanisms=watch.locked.mechanisms if watch.locked else {},
        ready=watch.ready,
        ids=watch.ids,
        inspected=watch.inspected,
        phase=watch.phase,
        last=watch.last,
        payload=watch.payload,
        cause=watch.cause,
        detail=watch.detail,
        exit_code=code if code is not None and code >= 0 else None,
        signal=-code if code is not None and code < 0 else None,
        trace=watch.trace.text,
        errors=watch.errors.text,
        seconds=watch.seconds,
        peak_memory=max(used.peak_memory, consumption.peak_memory),
        peak_tasks=consumption.peak_tasks,
        cpu_seconds=used.cpu_seconds,
        oom_kill=consumption.oom_kill(),
        disk_full=around.disk_full(),
        shared_memory=around.small_shared_memory(),
        shared_memory_full=around.shared_memory_full(),
        tasks_refused_at=around.tasks_refused_at(),
        left_behind=watch.empty is False,
    )
