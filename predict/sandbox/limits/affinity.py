"""On which CPUs the model runs: sched_setaffinity(2)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .plan import Plan

NAME = "affinity"
ENFORCES = "a number of CPUs that all its processes and threads share"

PROCESSOR = 36  # of the fields of /proc/self/stat that follow the process's name: proc(5), field 39


def why_not(_plan: Plan) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    return None if sys.platform == "linux" else "this system has no affinity"


def apply(plan: Plan) -> None:
    """Stay on the CPU that the scheduler chose for this process, the idlest just now, and on its neighbours.

    Raises:
        OSError: the kernel refused.
    """
    assert sys.platform == "linux"  # noqa: S101  whoever calls asked why_not
    allowed = sorted(os.sched_getaffinity(0))
    here = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[PROCESSOR])
    first = allowed.index(here) if here in allowed else 0
    os.sched_setaffinity(0, (allowed[first:] + allowed[:first])[: plan.cpus])
