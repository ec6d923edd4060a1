"""Which promise is kept by what: the honest list for log and report."""

from __future__ import annotations

import sys

from predict.job import Limits
from predict.report import Limit

UNGUARDED = ("cpus", "network", "processes", "disk", "files")


def enforced(limits: Limits) -> list[Limit]:
    """The limits of a run, each with its mechanism; None where there is none."""
    watch = "watch over its process tree every 50 ms"
    linux = sys.platform == "linux"
    memory = f"RLIMIT_DATA and {watch}" if linux else f"{watch}; pages that forks share count for each"
    return [
        Limit("time", limits.time, "seconds", "deadline in the supervisor"),
        Limit("memory", limits.memory, "bytes", memory),
        Limit("output", limits.output, "bytes", "count in the supervisor"),
        Limit("answer", limits.answer, "bytes", "count in the supervisor"),
        *(Limit(name, None, None, None) for name in UNGUARDED),
    ]
