"""Give up every privilege for good: capabilities(7) and no_new_privs."""

from __future__ import annotations

import contextlib
import os
import sys

from . import capabilities
from .kernel import prctl
from .plan import Plan

NAME = "privileges"
ENFORCES = "no capability, and no program can give one back (capset, no_new_privs)"

PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_DROP = 24
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4


def why_not(_plan: Plan) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    if sys.platform != "linux":
        return "not Linux"
    return None if capabilities.known() else f"no system call table for {os.uname().machine}"


def empty_bounding_set() -> None:
    """No program may bring a capability back; only whoever holds CAP_SETPCAP can and need say so."""
    with contextlib.suppress(OSError):  # EINVAL: there are no more; EPERM: not ours to give
        for capability in range(64):
            prctl(PR_CAPBSET_DROP, capability)


def apply(_plan: Plan) -> None:
    """Drop all capabilities of this thread, which must be the only one, and those of its children.

    Raises:
        OSError: the kernel refused.
    """
    empty_bounding_set()
    with contextlib.suppress(OSError):  # kernels before 4.3 have no ambient set
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    capabilities.drop()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
