"""Die with the parent, however it dies: prctl(2), PR_SET_PDEATHSIG."""

from __future__ import annotations

import os
import signal
import sys

from .kernel import prctl
from .plan import Plan

NAME = "death signal"
ENFORCES = "the model ends with its keeper, and the keeper with the supervisor, however that ends"

PR_SET_PDEATHSIG = 1


def why_not(_plan: Plan) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    return None if sys.platform == "linux" else "not Linux"


def apply(plan: Plan) -> None:
    """After the user id changed, which would undo it, and before a filter forbids to undo it."""
    die_with(plan.keeper, signal.SIGKILL)


def die_with(parent: int, number: signal.Signals) -> None:
    """Let the kernel send a signal when the parent dies; leave if it died before we asked.

    Raises:
        OSError: the kernel refused.
    """
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)
