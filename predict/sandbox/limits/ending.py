"""End every process that descends from this one: the only proof is that wait(2) knows no child any more."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable

from . import capabilities
from .kernel import prctl
from .tree import descendants

PR_SET_CHILD_SUBREAPER = 36
PAUSE = 0.01
PATIENCE = 20.0  # seconds: a process that waits for a disk cannot die before it answers

Buried = Callable[[int, int], None]


def become_reaper() -> None:
    """Let every orphan below become our child, instead of init's."""
    if sys.platform == "linux":
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        _Reaper.here = True


def is_reaper() -> bool:
    """Whether all that descends from this process is its own to end."""
    return _Reaper.here


class _Reaper:
    here = False


def bury(buried: Buried) -> bool:
    """Collect the dead, and tell their pids and statuses; return whether any child is left."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return True
            buried(pid, status)
    return False


def end_descendants(uid: int | None, buried: Buried) -> bool:
    """Kill until there is nobody left, faster than a bomb can fork; return whether that came about.

    `uid` is the user that only they have, if they have one.
    """
    deadline = time.monotonic() + PATIENCE
    while bury(buried) and time.monotonic() < deadline:
        if uid is not None:
            _kill_all_of(uid)
        for pid in descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        _wait_for_a_death()
    return not bury(buried)


def _kill_all_of(uid: int) -> None:
    """One call reaches all processes of a user at once, so that none can fork in between: kill(2), pid -1."""
    try:
        helper = os.fork()
    except OSError:  # the bomb has taken all process numbers: kill one by one
        return
    if helper == 0:
        try:
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            capabilities.drop()  # the change takes them from root only, and with CAP_KILL the call would reach us
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    deadline = time.monotonic() + 1
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(helper, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:  # the model is that user too, and may stop it
                os.kill(helper, signal.SIGKILL)
            _wait_for_a_death()


def _wait_for_a_death() -> None:
    if sys.platform == "linux":
        signal.sigtimedwait({signal.SIGCHLD}, PAUSE)
    else:
        time.sleep(PAUSE)
