"""How many CPUs a run has: those that were asked for, but none that this process may not use.

Whoever counts the machine's instead starts threads that take turns, and that spend their time waiting for each other.
"""

from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from . import cgroup

PLACES = ((1, "cpu.cfs_quota_us", "cpu"), (2, "cpu.max", ""), (2, "cpu.max", "unified"))


@dataclass(frozen=True)
class Cpus:
    """How many there are, at least one; and what to say if that is less than was asked for."""

    count: int
    shortfall: str | None


def available(asked: int, proc: Path = cgroup.PROC, mounts: Path = cgroup.MOUNTS) -> Cpus:
    """As many as were asked for, the affinity has, and the quotas of the control groups around us pay for."""
    allowed, paid = affinity(), quota(proc, mounts)
    if allowed < asked and (paid is None or allowed <= paid):
        return Cpus(allowed, _shortfall(allowed, "affinity", asked))
    if paid is not None and paid < asked:
        return Cpus(math.ceil(paid), _shortfall(paid, "cgroup quota", asked))
    return Cpus(asked, None)


def affinity() -> int:
    """CPUs that the scheduler may put this process on."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def quota(proc: Path = cgroup.PROC, mounts: Path = cgroup.MOUNTS) -> float | None:
    """CPUs whose whole time our control group may use, or a visible group above it; None: there is no quota."""
    known = cgroup.memberships(cgroup.read(proc), "cpu")
    for version, file, place in PLACES:
        if version in known and (group := cgroup.holding(file, known[version], mounts / place)):
            found = map(_quota_of, cgroup.upwards(group, mounts / place))
            return min((cpus for cpus in found if cpus), default=None)
    return None


def _quota_of(group: Path) -> float | None:
    """Version 2 has both numbers in one file, and says "max" for none; version 1 says -1."""
    text = cgroup.read(group / "cpu.max")
    text = text or f"{cgroup.read(group / 'cpu.cfs_quota_us')} {cgroup.read(group / 'cpu.cfs_period_us')}"
    match text.split():
        case [time, period] if time.isdecimal() and period.isdecimal() and int(period):
            return int(time) / int(period)
    return None


def _shortfall(cpus: float, why: str, asked: int) -> str:
    return f"Models can use {cpus:g} CPU{'' if cpus == 1 else 's'} here ({why}), less than the {asked} of --cpus."
