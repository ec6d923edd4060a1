"""What the supervisor knows stays with the supervisor."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .kernel import PR_SET_DUMPABLE, prctl
from .plan import Plan

NAME = "secrecy"
ENFORCES = "root alone reads the supervisor's memory, environment and files (undumpable); a program wipes its secrets"

PR_GET_DUMPABLE = 3
ARGUMENTS, ENVIRONMENT = 45, 47  # first of two fields of /proc/self/stat after the name: proc(5), fields 48 and 50


def why_not(_plan: Plan | None = None) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    return None if sys.platform == "linux" else "not Linux"


@contextmanager
def undumpable() -> Iterator[None]:
    """Close this process's /proc files and its memory to other processes of the same user."""
    if why_not() is not None:
        yield
        return
    before = prctl(PR_GET_DUMPABLE)
    prctl(PR_SET_DUMPABLE, 0)
    try:
        yield
    finally:
        if before == 1:  # 2 cannot be set again
            prctl(PR_SET_DUMPABLE, before)


def hide(secrets: Iterable[str], variables: Iterable[str]) -> None:
    """Overwrite secrets where the kernel shows them: on the command line, and the whole initial environment.

    The program's own copies stay: `os.environ` is put back for C libraries, except for `variables`. In this order:
    removing a variable first would move the environment away from what the kernel shows.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, ValueError):  # a kernel that hides where they are shows them to nobody
        start, end = _area(ENVIRONMENT)
        ctypes.memset(start, 0, end - start)
        _overwrite(*_area(ARGUMENTS), secrets)
    for name in variables:
        os.environ.pop(name, None)
    for name, value in os.environ.items():
        os.putenv(name, value)


def _area(field: int) -> tuple[int, int]:
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[field]), int(fields[field + 1])
    return (start, end) if start else _area_by_library(field)


def _area_by_library(field: int) -> tuple[int, int]:
    """The same from the C library's symbols, where the kernel tells no addresses (gVisor)."""
    libc = ctypes.CDLL(None)
    file, symbol = ("environ", "environ") if field == ENVIRONMENT else ("cmdline", "program_invocation_name")
    start = ctypes.c_void_p.in_dll(libc, symbol).value or 0
    if field == ENVIRONMENT and start:
        start = ctypes.cast(start, ctypes.POINTER(ctypes.c_void_p))[0] or 0
    return start, start + (len(Path(f"/proc/self/{file}").read_bytes()) if start else 0)


def _overwrite(start: int, end: int, secrets: Iterable[str]) -> None:
    shown = ctypes.string_at(start, end - start)
    for secret in filter(None, map(os.fsencode, secrets)):
        where = shown.find(secret)
        while where >= 0:
            ctypes.memset(start + where, ord("x"), len(secret))
            where = shown.find(secret, where + len(secret))


def copies(secrets: Iterable[str]) -> list[int]:
    """Processes whose command line or environment still shows a secret: init, shells and timeout keep copies."""
    wanted = [os.fsencode(secret) for secret in secrets if secret]
    if not wanted or sys.platform != "linux":
        return []
    others = [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]  # noqa: PTH208  names, not paths
    return [pid for pid in others if any(secret in _shown(pid) for secret in wanted)]


def _shown(pid: int) -> bytes:
    shown = b""
    for name in ("cmdline", "environ"):
        with contextlib.suppress(OSError):  # it ended, or is not ours to see: nor the model's
            shown += Path(f"/proc/{pid}/{name}").read_bytes()
    return shown
