"""System calls that Python does not wrap."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

PR_SET_DUMPABLE = 4


@cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
        libc.syscall.restype = ctypes.c_long
    return libc


def prctl(option: int, *arguments: int) -> int:
    """Control this process: see the manual, section 2.

    Raises:
        OSError: with the kernel's errno.
    """
    four = [*arguments, 0, 0, 0, 0][:4]
    return _checked(_libc().prctl(option, *four), f"prctl({option})")


def syscall(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Enter the kernel by a call's number. Integers go as unsigned long, bytes and buffers as pointers to them.

    Raises:
        OSError: with the kernel's errno.
    """
    passed = [ctypes.c_ulong(argument) if isinstance(argument, int) else argument for argument in arguments]
    return _checked(_libc().syscall(ctypes.c_long(number), *passed), f"system call {number}")


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result
