"""Prepare a room for one run, and clear it: scratch folder, user id, cgroup, shared memory."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from pathlib import Path

from predict.errors import PlatformError
from predict.job import Limits

from .limits import cgroup, disk, own_uid, rlimits
from .limits.plan import Plan
from .limits.secrecy import undumpable
from .limits.shm import SharedMemory

NO_PLACE = "Make /tmp writable; in a container: docker run --tmpfs /tmp, or --mount type=volume,dst=/tmp."
logger = logging.getLogger(__name__)


class Room:
    """What the supervisor sets up outside for the model's processes, and takes away when they are gone."""

    def __init__(self, limits: Limits, *, guarded: bool, stack: contextlib.ExitStack) -> None:
        """Everything that is made is unmade when `stack` closes."""
        self.guarded = guarded
        self.scratch = tempfile.mkdtemp(prefix="predict-", dir=_place())
        stack.callback(_remove, self.scratch)
        self.uid = self._choose_uid() if guarded else None
        self.shared = SharedMemory(self.uid)
        stack.callback(self.shared.clean)
        self.made = self._make_cgroup(limits.memory, stack) if guarded else "the guards are off"
        self.around = cgroup.own()
        self.around_before = (self.around.used() or 0) if self.around else 0
        if guarded:
            stack.enter_context(undumpable())
        self._limits = limits

    def _choose_uid(self) -> int | None:
        nobody = Plan(0, 0, 0, 0, scratch=self.scratch)
        if own_uid.why_not(nobody) is not None:
            return None
        uid = own_uid.choose()
        os.chown(self.scratch, uid, uid)
        return uid

    def _make_cgroup(self, memory: int, stack: contextlib.ExitStack) -> cgroup.Made | str:
        made = cgroup.make(memory)
        if isinstance(made, cgroup.Made):
            stack.callback(made.remove)
        return made

    @property
    def counters(self) -> cgroup.Counters | None:
        """The kernel's memory counters that tell of this run: of its own cgroup, else of the one around us."""
        return self.made if isinstance(self.made, cgroup.Made) else self.around

    def plan(self, channel: int, trace: int, post: int) -> Plan:
        """What the worker is to do itself."""
        tasks = self._limits.processes if self.uid is not None else None
        return Plan(
            supervisor=os.getpid(),
            channel=channel,
            trace=trace,
            post=post,
            scratch=self.scratch,
            guarded=self.guarded,
            uid=self.uid,
            cpus=self._limits.cpus,
            memory=self._limits.memory,
            rlimits=rlimits.choose(self._limits.memory, self._limits.disk, tasks),
            cgroup=str(self.made.procs) if isinstance(self.made, cgroup.Made) else None,
            no_cgroup=self.made if isinstance(self.made, str) else None,
        )


def _place() -> str | None:
    """Choose where the model can go too, without our privileges: a mounted /tmp may be closed to all but its owner.

    Raises:
        PlatformError: `internal`: no folder can be written to.
    """
    try:
        first = tempfile.gettempdir()
    except OSError as error:
        what = f"There is no place for the files of a model: {error.strerror}."
        raise PlatformError("internal", what, hint=NO_PLACE) from error
    for place in (first, "/var/tmp"):  # noqa: S108  a folder of our own is made in it
        folder = Path(place)
        with contextlib.suppress(OSError):
            if own_uid.open_to_all(folder) or folder.stat().st_uid == os.geteuid():
                return place
    return None


def _remove(scratch: str) -> None:
    """Remove the scratch folder, whatever the model made of it; that it cannot be removed changes no verdict."""
    if not disk.remove(Path(scratch)):
        logger.warning("Cannot remove the model's scratch folder %s", scratch)
