"""Which promise is kept by what on this machine: the honest list for log, report and doctor."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Literal

from predict.job import Limits
from predict.report import Limit

from .limits import affinity, cgroup, death, landlock, oom, own_uid, privileges, rlimits, seccomp, secrecy
from .limits.lock import REFUSED, Mechanism

Mechanisms = Mapping[str, str | None]
"""What the worker said when it had locked itself in: why not for each mechanism, None where it holds."""

WATCH = "watch over its processes"
ENFORCES = {
    **{
        mechanism.NAME: mechanism.ENFORCES
        for mechanism in (cgroup, rlimits, oom, affinity, own_uid, death, privileges, landlock, seccomp, secrecy)
    },
    "keeper": "after the verdict no process of the model is left (subreaper, kill until wait knows no child)",
    "watch": "time, memory, processes, disk and output of all its processes, every 50 to 250 ms (files: 0.5 to 2 s)",
}
"""What each mechanism enforces, in one sentence."""


def with_ours(mechanisms: Mechanisms) -> dict[str, str | None]:
    """Add the mechanisms that the supervisor has without the worker."""
    partly = None if sys.platform == "linux" else "only its session, and no count of threads: not Linux"
    closed = secrecy.why_not() if mechanisms else "the guards are off, or the worker did not start"
    return {**mechanisms, "secrecy": closed, "keeper": partly, "watch": partly}


def enforced(limits: Limits, mechanisms: Mechanisms) -> list[Limit]:
    """The limits of a run, each with what keeps it; None where nothing does."""
    held = {name for name, why_not in mechanisms.items() if why_not is None}
    linux = sys.platform == "linux"
    watched = WATCH if linux else None
    return [
        Limit("time", limits.time, "seconds", "deadline in the supervisor"),
        Limit("memory", limits.memory, "bytes", _memory(held)),
        Limit("cpus", limits.cpus, "count", "affinity" if affinity.NAME in held else None),
        Limit("network", None, None, "seccomp: only Unix sockets" if seccomp.NAME in held else None),
        Limit("processes", limits.processes, "count", _joined(watched, own_uid.NAME in held and "RLIMIT_NPROC")),
        Limit("disk", limits.disk, "bytes", _joined("watch over its files", rlimits.NAME in held and "RLIMIT_FSIZE")),
        Limit("files", limits.files, "count", "watch over its files"),
        Limit("file_system", None, None, "landlock: read only, but for its scratch" if landlock.NAME in held else None),
        Limit("supervisor", None, None, _joined(*_closed(held)) if seccomp.NAME in held else None),
        Limit("output", limits.output, "bytes", "count in the supervisor"),
        Limit("answer", limits.answer, "bytes", "count in the supervisor"),
    ]


def lacking(limits: Limits, mechanisms: Mechanisms) -> list[str]:
    """Promises that nothing keeps, each with the mechanism that could and why it does not."""
    could = {
        "cpus": affinity,
        "network": seccomp,
        "supervisor": seccomp,
        "file_system": landlock,
    }
    broken = [limit.name for limit in enforced(limits, mechanisms) if limit.enforced_by is None]
    refused = [f"{name}: {why}" for name, why in mechanisms.items() if why and why.startswith(REFUSED)]
    return [*(_with_reason(name, could.get(name), mechanisms) for name in broken), *refused]


def _with_reason(promise: str, mechanism: Mechanism | None, mechanisms: Mechanisms) -> str:
    why_not = mechanisms.get(mechanism.NAME) if mechanism else None
    return f"{promise} ({mechanism.NAME}: {why_not})" if mechanism and why_not else promise


def _memory(held: set[str]) -> str:
    if cgroup.NAME in held:
        return "cgroup of its own"
    watch = WATCH if sys.platform == "linux" else f"{WATCH}; pages that forks share count for each"
    return _joined(watch, rlimits.NAME in held and sys.platform == "linux" and "RLIMIT_DATA") or watch


def _closed(held: set[str]) -> list[str]:
    known = ("seccomp", "landlock", "own uid", "privileges")
    return ["supervisor not dumpable", *(name for name in known if name in held)]


def _joined(*keepers: str | Literal[False] | None) -> str | None:
    """None if the first keeps nothing: the others only help it."""
    return ", ".join(keeper for keeper in keepers if keeper) if keepers[0] else None
