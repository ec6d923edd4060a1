"""Limits that the kernel keeps for one process: setrlimit(2)."""

from __future__ import annotations

import resource
import sys

from .plan import Plan

NAME = "rlimits"
ENFORCES = "no core dumps; the size of a file, the private memory and the open files of a process"

GIB = 1024**3
MIB = 1024**2
OPEN_FILES = 1024
LOCKED_MEMORY = 64 * MIB


def choose(memory: int, disk: int, tasks: int | None) -> dict[str, int]:
    """Choose the limits, by name; `memory` and `disk` are bytes, `tasks` counts for a uid of its own.

    RLIMIT_DATA counts what a process reserves, not what it uses, and Arrow's allocator alone reserves 1 GiB. So
    it stands 2 GiB above the limit: it turns one absurd allocation into a MemoryError at its line, and leaves the
    rest to the memory watch.
    RLIMIT_AS would also count address space that libraries reserve and never use: they fail to start.
    """
    wanted = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": disk, "RLIMIT_NOFILE": OPEN_FILES}
    if sys.platform == "linux":  # elsewhere the kernel accepts it and does nothing
        wanted |= {"RLIMIT_DATA": memory + 2 * GIB, "RLIMIT_MEMLOCK": LOCKED_MEMORY, "RLIMIT_MSGQUEUE": 0}
    if tasks is not None:
        wanted["RLIMIT_NPROC"] = tasks
    return {name: value for name, value in wanted.items() if hasattr(resource, name)}


def why_not(_plan: Plan) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    return None


def apply(plan: Plan) -> None:
    """Set them on this process and its children, and never above what it already has.

    Raises:
        OSError: the kernel refused.
    """
    for name, value in plan.rlimits.items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (limit, limit))
