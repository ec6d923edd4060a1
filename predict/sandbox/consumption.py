"""Look at what the model's processes use, often enough to hold a limit and rarely enough to cost nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path

from predict.job import MIB, Limits

from .ending import Cause, OomKill
from .limits import cgroup, disk, memory, tree
from .limits.landlock import SHARED_MEMORY
from .room import Room

SOONEST, LATEST = 0.05, 0.25  # seconds between two looks
SOONEST_FILES, LATEST_FILES, SHARE_FILES = 0.5, 2.0, 25
FASTEST = 4 * 1024**3  # bytes a second: what a process can take at most, as measured
SHARE = 100  # a look may take this part of the time until the next


class Consumption:
    """Memory, processes and disk of one run."""

    def __init__(self, keeper: int, room: Room, limits: Limits) -> None:
        self._keeper = keeper
        self._room = room
        self._limits = limits
        self._oom_kills = room.counters.oom_kills() if room.counters else 0
        self._pids: list[int] = []
        self._starters = tree.ancestors()
        self._in_files = 0
        self._free = {place: disk.free(place) for place in (room.scratch, SHARED_MEMORY) if Path(place).is_dir()}
        self._next = self._next_files = 0.0
        self.peak_memory = 0
        self.peak_tasks = 0

    @property
    def due(self) -> float:
        """When to look next, by the monotonic clock."""
        return self._next or time.monotonic() + SOONEST  # nobody looks before the worker is ready

    def look(self, now: float) -> tuple[Cause, str] | None:
        """Return the limit that is broken, and the evidence."""
        if now < self._next:
            return None
        broken = self._look_at_processes() or self._look_at_files(now)
        cost = time.monotonic() - now
        headroom = max(0, self._limits.memory - self.peak_memory) / FASTEST
        self._next = now + max(SOONEST, min(LATEST, headroom), min(LATEST, cost * SHARE))
        return broken

    def look_last(self) -> None:
        """Look once more for the peaks, whatever they are: it breaks no limit any more."""
        self._look_at_processes()

    def oom_kill(self) -> OomKill | None:
        """What the kernel tells of an out-of-memory kill since the start."""
        counters = self._room.counters
        if counters is None or counters.oom_kills() <= self._oom_kills:
            return None
        ours = isinstance(self._room.made, cgroup.Made) or self._is_alone(self._pids)
        return OomKill(counters.where, counters.limit(), counters.peak(), ours)

    def _look_at_processes(self) -> tuple[Cause, str] | None:
        pids, use = memory.tree_use(self._keeper)
        self._pids = pids
        self.peak_tasks = max(self.peak_tasks, use.tasks)
        held = self._held(pids, use)
        self.peak_memory = max(self.peak_memory, held)
        if held > self._limits.memory:
            return "memory", ""
        if (oom := self.oom_kill()) and oom.ours:
            return "oom_kill", ""
        if use.tasks >= self._limits.processes:
            return "processes", f"{use.tasks} processes and threads"
        return None

    def _held(self, pids: list[int], use: memory.Use) -> int:
        """Bytes of memory: exact in a cgroup of its own, else from above and exactly only when it matters."""
        made = self._room.made
        if isinstance(made, cgroup.Made) and (used := made.used()) is not None:
            return used
        grown = self._around_grew()
        if grown is not None and self._is_alone(pids):
            return grown
        held = use.anonymous + max(use.shared, self._in_files)
        if held <= self._limits.memory or len(pids) == 1:
            return held
        exact = memory.proportional(pids)
        if exact is None:
            return held if grown is None else min(held, grown)  # both are bounds from above
        return exact

    def _around_grew(self) -> int | None:
        """Bytes by which the cgroup around us grew."""
        around = self._room.around
        used = around.used() if around else None
        return None if used is None else max(0, used - self._room.around_before)

    def _is_alone(self, pids: list[int]) -> bool:
        """Whether nobody is in the cgroup around us but the model and those who started it, as in a container."""
        around = self._room.around
        known = {*self._starters, self._keeper, *pids}
        inside = around.processes() if around else set()
        return os.getpid() in inside and inside <= known  # nobody at all: they are in groups below

    def _unlinked(self) -> int:
        """Bytes in files without a name: a close look is worth its price when the disk lost so much."""
        lost = max(before - disk.free(place) for place, before in self._free.items())
        if lost <= self._limits.disk:
            return disk.unlinked(self._pids)
        uid = self._room.uid
        return max(disk.unlinked(self._pids, mapped=True), disk.unlinked_as(uid, self._pids) if uid is not None else 0)

    def _look_at_files(self, now: float) -> tuple[Cause, str] | None:
        if now < self._next_files:
            return None
        start = time.monotonic()
        found = disk.usage(Path(self._room.scratch), self._limits.files, unlock=True)
        self._in_files = self._room.shared.usage()
        if self._room.uid is None and found.size + self._in_files > self._limits.disk:
            self._in_files = self._room.shared.usage_of(self._pids)  # others of this user may have theirs there
        if self._is_alone(self._pids) and SHARED_MEMORY in self._free:  # then what it lost, the model has
            self._in_files = max(self._in_files, self._free[SHARED_MEMORY] - disk.free(SHARED_MEMORY))
        size = found.size + self._in_files + self._unlinked()
        self._next_files = now + min(LATEST_FILES, max(SOONEST_FILES, (time.monotonic() - start) * SHARE_FILES))
        if size > self._limits.disk:
            return "disk", f"{size / MIB:,.0f} MiB of {self._limits.disk / MIB:,.0f} MiB in files"
        if found.files > self._limits.files or found.deepest:
            depth = ", nested too deep or closed to us" if found.deepest else ""
            return "disk", f"{found.files:,} files of {self._limits.files:,}{depth}"
        return None
