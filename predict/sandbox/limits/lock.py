"""The order in which the room is locked: each step needs what a later one takes away."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Protocol

from . import affinity, cgroup, death, landlock, oom, own_uid, privileges, rlimits, seccomp
from .plan import Plan

REFUSED = "the kernel refused it"


class Mechanism(Protocol):
    """A file of this folder: what it enforces, whether it can here, and how."""

    NAME: str
    ENFORCES: str

    def why_not(self, plan: Plan, /) -> str | None:
        """Tell why it cannot be used here; None if it can."""

    def apply(self, plan: Plan, /) -> None:
        """Apply it to the calling process, which has one thread.

        Raises:
            OSError: the kernel refused.
        """


ORDER: Sequence[Mechanism] = (cgroup, rlimits, oom, affinity, own_uid, death, privileges, landlock, seccomp)


def lock(plan: Plan) -> dict[str, str | None]:
    """Lock this process in; return why not for each mechanism, None where it holds."""
    os.umask(0o077)
    return {mechanism.NAME: _apply(mechanism, plan) for mechanism in ORDER}


def _apply(mechanism: Mechanism, plan: Plan) -> str | None:
    try:
        reason = mechanism.why_not(plan)
        if reason is None:
            mechanism.apply(plan)
    except OSError as error:
        return f"{REFUSED}: {error}"
    return reason
