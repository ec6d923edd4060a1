"""Start a worker early, give it its request, end it for good."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from predict.job import Limits

from .ending import Ending, Request
from .interrupt import shielded
from .limits.rlimits import rlimits
from .watch import Descriptors, Hear, Say, Watch

if TYPE_CHECKING:
    from typing_extensions import Self

logger = logging.getLogger(__name__)

WORKER = Path(__file__).parent / "worker" / "__main__.py"
INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
SCRATCH = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR")


class Worker:
    """One child process for one model. Its imports run while we fetch what it needs."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
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
        scratch = tempfile.mkdtemp(prefix="predict-")
        stack.callback(_remove, scratch)
        channel, worker_channel = _pipe(stack)
        trace, worker_trace = _pipe(stack)
        self._process = subprocess.Popen(  # noqa: S603  our own file, our own arguments
            [sys.executable, "-I", str(WORKER), str(worker_channel.fileno()), str(worker_trace.fileno())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(worker_channel.fileno(), worker_trace.fileno()),
            cwd=scratch,
            env=_environment(scratch),
            start_new_session=True,
        )
        stack.callback(_close_pipes, self._process)
        stack.callback(self._end)
        worker_channel.close()
        worker_trace.close()
        self._own = (channel.fileno(), trace.fileno())

    def run(self, request: Request, hear: Hear, say: Say) -> Ending:
        """Run one model to its end, whatever that is.

        `hear` gets every message as it comes, `say` every line that the model prints, with its stream's name.
        """
        process = self._process
        assert process.stdin and process.stdout and process.stderr  # noqa: S101, PT018  all three are pipes
        pipes = Descriptors(*self._own, process.stdout.fileno(), process.stderr.fileno())
        watch = Watch(process.pid, pipes, self._limits, hear, say)
        try:
            with contextlib.suppress(BrokenPipeError):  # it died before: the watch will see it
                process.stdin.write(_encode(request, self._limits))
                process.stdin.close()
            watch.until_end()
            status, cpu_seconds, peak_memory = self._end()
        finally:
            watch.close()
        return _ending(request, watch, status, cpu_seconds, peak_memory)

    def _end(self) -> tuple[int, float, int]:
        """Kill the whole group before its number is free again; return status, CPU seconds and peak bytes."""
        with shielded():
            if self._process.returncode is not None:
                return self._process.returncode, 0.0, 0
            with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM if only zombies are left
                os.killpg(self._process.pid, signal.SIGKILL)
            _, status, usage = os.wait4(self._process.pid, 0)
            self._process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        return self._process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit


def _pipe(stack: contextlib.ExitStack) -> tuple[io.FileIO, io.FileIO]:
    """Make a pipe for the worker to write to: our end and its end."""
    ours, theirs = os.pipe()
    return stack.enter_context(io.FileIO(ours)), stack.enter_context(io.FileIO(theirs, "w"))


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(BrokenPipeError):  # what was never read is lost with its reader
            stream.close() if stream else None


def _remove(scratch: str) -> None:
    """Remove the scratch folder, whatever the model made of it; that it cannot be removed changes no verdict."""
    try:
        shutil.rmtree(scratch)
    except (OSError, RecursionError):  # thousands of nested folders are too deep for Python before 3.13
        subprocess.run(["rm", "-rf", "--", scratch], check=False, stderr=subprocess.DEVNULL)  # noqa: S603, S607  POSIX
        if os.path.lexists(scratch):
            logger.warning("Cannot remove the model's scratch folder %s", scratch)


def _environment(scratch: str) -> dict[str, str]:
    """Only what a library needs to run: the supervisor's environment holds secrets."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    threads = {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}
    return inherited | threads | dict.fromkeys(SCRATCH, scratch)


def _encode(request: Request, limits: Limits) -> bytes:
    """ASCII on purpose: so a path that is not UTF-8 arrives as it is."""
    paths = {"model": request.model, "features": request.features, "benchmarks": request.benchmarks}
    absolute = {name: str(path.resolve()) for name, path in paths.items()}
    return json.dumps(absolute | {"supervisor": os.getpid(), "rlimits": rlimits(limits)}).encode()


def _ending(request: Request, watch: Watch, status: int, cpu_seconds: float, peak_memory: int) -> Ending:
    own = watch.last is None and watch.cause is None
    return Ending(
        request=request,
        ready=watch.ready,
        ids=watch.ids,
        phase=watch.phase,
        last=watch.last,
        payload=watch.payload,
        cause=watch.cause,
        detail=watch.detail,
        exit_code=status if own and status >= 0 else None,
        signal=-status if own and status < 0 else None,
        trace=watch.trace.text,
        errors=watch.errors.text,
        seconds=watch.seconds,
        peak_memory=max(peak_memory, watch.peak_memory),
        cpu_seconds=cpu_seconds,
    )
