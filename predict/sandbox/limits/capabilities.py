"""What this process may do beyond its user: capabilities(7)."""

from __future__ import annotations

import ctypes
import os
import struct
import sys

from .kernel import syscall

CALLS = {"x86_64": (125, 126), "aarch64": (90, 91)}  # capget, capset
HEADER = struct.pack("Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this thread
SETS = "6I"  # effective, permitted, inheritable: the lower halves, then the upper ones
BITS = {"CHOWN": 0, "DAC_OVERRIDE": 1, "FOWNER": 3, "KILL": 5, "SETGID": 6, "SETUID": 7}


def known() -> bool:
    """Whether this system has them, and we their calls."""
    return sys.platform == "linux" and os.uname().machine in CALLS


def missing() -> list[str]:
    """Names of those that this thread may not use now."""
    effective = _read()[0] if known() else 0
    return [name for name, bit in BITS.items() if not effective >> bit & 1]


def take_up() -> None:
    """Use what the program's file permits (setcap): an image's user is not root, and may yet do what root is for.

    Raises:
        OSError: the kernel refused.
    """
    if known():
        effective, permitted = _read()
        if effective != permitted:
            _write(permitted, permitted)


def drop() -> None:
    """Give all of them up.

    Raises:
        OSError: the kernel refused.
    """
    _write(0, 0)


def _read() -> tuple[int, int]:
    sets = ctypes.create_string_buffer(struct.calcsize(SETS))
    syscall(CALLS[os.uname().machine][0], HEADER, sets)
    effective, permitted, _, upper_effective, upper_permitted, _ = struct.unpack(SETS, sets)
    return upper_effective << 32 | effective, upper_permitted << 32 | permitted


def _write(effective: int, permitted: int) -> None:
    halves = [(effective >> shift & 0xFFFFFFFF, permitted >> shift & 0xFFFFFFFF, 0) for shift in (0, 32)]
    syscall(CALLS[os.uname().machine][1], HEADER, struct.pack(SETS, *halves[0], *halves[1]))
