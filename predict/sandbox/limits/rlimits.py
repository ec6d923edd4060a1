"""Limits that the kernel keeps for one process (`resource`)."""

from __future__ import annotations

import resource
import sys

from predict.job import GIB, Limits


def rlimits(limits: Limits) -> dict[str, int]:
    """Limits for the worker to set on itself before it touches the pickle, by name.

    RLIMIT_DATA counts what a process reserves, not what it uses, and Arrow's allocator alone reserves 1 GiB. So
    it stands 2 GiB above the limit: it turns one absurd allocation into a MemoryError at its line, and leaves the
    rest to the memory watch.
    RLIMIT_AS would also count address space that libraries reserve and never use: they fail to start.
    """
    wanted = {"RLIMIT_CORE": 0}
    if sys.platform == "linux":  # elsewhere the kernel accepts it and does nothing
        wanted["RLIMIT_DATA"] = limits.memory + 2 * GIB
    return {name: value for name, value in wanted.items() if hasattr(resource, name)}
