"""Start a worker early, give it its request, end it for good."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import msgspec

from predict.job import Limits

from .ending import Ending, Request
from .limits.rlimits import rlimits
from .watch import Descriptors, Hear, Say, Watch

if TYPE_CHECKING:
    from typing_extensions import Self

WORKER = Path(__file__).parent / "worker" / "__main__.py"
INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
SCRATCH = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR")


class Worker:
    """One child process for one model. Its imports run while we fetch what it needs."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._scratch = tempfile.TemporaryDirectory(prefix="predict-", ignore_cleanup_errors=True)
        channel, worker_channel = os.pipe()
        trace, worker_trace = os.pipe()
        self._process = subprocess.Popen(  # noqa: S603  our own file, our own arguments
            [sys.executable, "-I", str(WORKER), str(worker_channel), str(worker_trace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(worker_channel, worker_trace),
            cwd=self._scratch.name,
            env=_environment(self._scratch.name),
            start_new_session=True,
        )
        os.close(worker_channel)
        os.close(worker_trace)
        self._own = (channel, trace)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._end()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None  # noqa: S101  all three are pipes
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        for descriptor in self._own:
            os.close(descriptor)
        self._scratch.cleanup()

    def run(self, request: Request, hear: Hear, say: Say) -> Ending:
        """Run one model to its end, whatever that is.

        `hear` gets every message as it comes, `say` every line that the model prints, with its stream's name.
        """
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None and stdout is not None and stderr is not None  # noqa: S101, PT018  all three are pipes
        pipes = Descriptors(*self._own, stdout.fileno(), stderr.fileno())
        watch = Watch(self._process.pid, pipes, self._limits, hear, say)
        with contextlib.suppress(BrokenPipeError):  # it died before: the watch will see it
            stdin.write(_encode(request, self._limits))
            stdin.close()
        watch.until_end()
        status, cpu_seconds, peak_memory = self._end()
        watch.close()
        return _ending(request, watch, status, cpu_seconds, peak_memory)

    def _end(self) -> tuple[int, float, int]:
        """Kill the whole group before its number is free again; return status, CPU seconds and peak bytes."""
        if self._process.returncode is not None:
            return self._process.returncode, 0.0, 0
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        return self._process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit


def _environment(scratch: str) -> dict[str, str]:
    """Only what a library needs to run: the supervisor's environment holds secrets."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    threads = {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}
    return inherited | threads | dict.fromkeys(SCRATCH, scratch)


def _encode(request: Request, limits: Limits) -> bytes:
    paths = {"model": request.model, "features": request.features, "benchmarks": request.benchmarks}
    absolute = {name: str(path.resolve()) for name, path in paths.items()}
    return msgspec.json.encode(absolute | {"supervisor": os.getpid(), "rlimits": rlimits(limits)})


def _ending(request: Request, watch: Watch, status: int, cpu_seconds: float, peak_memory: int) -> Ending:
    own = watch.last is None and watch.cause is None
    return Ending(
        request=request,
        ready=watch.ready,
        ids=watch.ids,
        phase=watch.phase,
        differ=watch.differ,
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
