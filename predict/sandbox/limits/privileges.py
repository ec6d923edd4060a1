"""Give up every privilege for good: capabilities(7) and no_new_privs."""

from __future__ import annotations

import contextlib
import os
import struct
import sys

from .kernel import prctl, syscall
from .plan import Plan

NAME = "privileges"
ENFORCES = "no capability, and no program can give one back (capset, no_new_privs)"

PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_DROP = 24
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
VERSION_3 = 0x20080522
CAPSET = {"x86_64": 126, "aarch64": 91}


def why_not(_plan: Plan) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    if sys.platform != "linux":
        return "not Linux"
    machine = os.uname().machine
    return None if machine in CAPSET else f"no system call table for {machine}"


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
    syscall(CAPSET[os.uname().machine], struct.pack("Ii", VERSION_3, 0), struct.pack("6I", *[0] * 6))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
