"""The keeper: parent of the model's process, and of every process that the model leaves behind.

It forks the worker before any library is imported, waits, and knows three signals: SIGCHLD, SIGXCPU (show where
the worker is) and SIGTERM (end everything), which the kernel sends too when the supervisor dies.
It ends when no process of the model is left; that is how the supervisor knows.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from ..limits import capabilities, disk, ending
from ..limits.death import die_with
from ..limits.kernel import PR_SET_DUMPABLE, prctl
from ..limits.plan import Plan
from ..limits.shm import SharedMemory

HEARD = {signal.SIGCHLD, signal.SIGXCPU, signal.SIGTERM}


def main() -> NoReturn:
    """Fork; become the keeper here and the worker there."""
    plan = Plan.from_json(sys.argv[1]).of_keeper()
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # what is ignored by default, macOS drops
    die_with(plan.supervisor, signal.SIGTERM)
    _dumpable(0)
    if plan.uid is not None:
        capabilities.take_up()
    ending.become_reaper()
    worker = os.fork()
    if worker:
        Keeper(plan, worker).keep()
    os.close(plan.post)
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _dumpable(1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    from . import main as story

    story.main(plan)


def _dumpable(yes: int) -> None:
    """Close the keeper's memory and /proc files to other processes; the worker needs its own."""
    if sys.platform == "linux":
        prctl(PR_SET_DUMPABLE, yes)


class Keeper:
    """Waits for signals; everything below it is the model's."""

    def __init__(self, plan: Plan, worker: int) -> None:
        self._plan = plan
        self._worker: int | None = worker

    def keep(self) -> NoReturn:
        """Serve until SIGTERM."""
        self._let_go()
        while True:
            match signal.sigwait(HEARD):
                case signal.SIGCHLD:
                    ending.bury(self._buried)
                case signal.SIGXCPU:
                    self._ask_where()
                case signal.SIGTERM:
                    self._end()

    def _let_go(self) -> None:
        """The worker's pipes are the worker's."""
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, self._plan.channel, self._plan.trace):
            os.dup2(null, descriptor)

    def _buried(self, pid: int, status: int) -> None:
        if pid == self._worker:
            self._worker = None
            self._tell({"status": status})

    def _ask_where(self) -> None:
        """Let faulthandler answer, once the worker runs: it may have been stopped."""
        if self._worker is not None:
            os.kill(self._worker, signal.SIGXCPU)
            os.kill(self._worker, signal.SIGCONT)

    def _end(self) -> NoReturn:
        """End the worker's session first: off Linux nothing else is known of its children."""
        if self._worker is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._worker, signal.SIGKILL)
            os.kill(self._worker, signal.SIGKILL)
        self._tell({"empty": ending.end_descendants(self._plan.uid, self._buried)})
        if os.getppid() != self._plan.supervisor:
            self._clear()
        os._exit(0)

    def _clear(self) -> None:
        """Remove what the supervisor would have removed, had it lived."""
        disk.remove(Path(self._plan.scratch))
        if self._plan.uid is not None:
            SharedMemory(self._plan.uid).clean()
        if self._plan.cgroup:
            with contextlib.suppress(OSError):
                Path(self._plan.cgroup).parent.rmdir()

    def _tell(self, fact: dict[str, int | bool]) -> None:
        with contextlib.suppress(BrokenPipeError):  # the supervisor is gone
            os.write(self._plan.post, json.dumps(fact).encode() + b"\n")
