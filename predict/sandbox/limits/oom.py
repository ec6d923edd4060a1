"""Whom the kernel's out-of-memory killer takes first: the model, never the supervisor."""

from __future__ import annotations

import sys
from pathlib import Path

from .plan import Plan

NAME = "oom score"
ENFORCES = "when the machine runs out of memory, the kernel ends the model, not the supervisor (oom_score_adj)"

FIRST = "1000"


def why_not(_plan: Plan) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    return None if sys.platform == "linux" else "not Linux"


def apply(_plan: Plan) -> None:
    """Put this process and its children first.

    Raises:
        OSError: the kernel refused.
    """
    Path("/proc/self/oom_score_adj").write_text(FIRST)
