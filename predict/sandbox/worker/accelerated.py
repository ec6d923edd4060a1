"""Switch the acceleration on, and tell what it did. Whatever is wrong with it, the model runs, and gets its verdict."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .failure import NAME_CAP, plain

if TYPE_CHECKING:
    from ..limits.plan import Plan
    from .channel import Channel

REASONS_CAP = 20

Facts = Callable[[], dict[str, Any]]
"""Tells boosters, trees and rows that were served, and how often something was declined, by reason."""


def begin(plan: Plan) -> Facts | None:
    """Switch it on if it is wanted, before anything of the model is imported; None: it is not."""
    if not plan.accelerate:
        return None
    try:
        from .accelerate import switch_on

        return switch_on(plan.cpus).facts
    except Exception as error:  # noqa: BLE001  it may have been left out, or not fit this machine
        declined = {f"not available: {error}": 1}
        return lambda: {"boosters": 0, "trees": 0, "rows": 0, "declined": declined}


def tell(facts: Facts | None, channel: Channel) -> None:
    """Say what was served; nothing, if it was not on or the model broke it."""
    with contextlib.suppress(BaseException):
        if facts is not None:
            channel.send(_message(**facts()))


def _message(boosters: int, trees: int, rows: int, declined: dict[str, int]) -> dict[str, Any]:
    few = {plain(reason, NAME_CAP): count for reason, count in list(declined.items())[:REASONS_CAP]}
    return {"type": "accelerated", "boosters": boosters, "trees": trees, "rows": rows, "declined": few}
