"""Which processes descend from one, and how many threads they have, from proc(5)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
PARENT = 1  # of the fields of /proc/PID/stat that follow the process's name


def descendants(pid: int) -> list[int]:
    """The living and the dead but unburied below a process, itself left out."""
    if sys.platform != "linux":
        return _psutil_descendants(pid)
    found = list(_children(pid))
    for here in found:  # grows as we go
        found += _children(here)
    return found


def _psutil_descendants(pid: int) -> list[int]:
    import psutil

    try:
        return [process.pid for process in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []


def ancestors() -> list[int]:
    """This process, its parent, and so on up."""
    found = [os.getpid()]
    while (parent := _parent(found[-1])) and parent not in found:
        found.append(parent)
    return found


def _children(pid: int) -> Iterator[int]:
    tasks = f"/proc/{pid}/task"
    try:
        for task in os.listdir(tasks):  # noqa: PTH208  names, not paths
            with open(f"{tasks}/{task}/children", "rb") as file:  # noqa: PTH123  pathlib takes twice the time
                yield from map(int, file.read().split())
    except FileNotFoundError:  # it ended while we looked, or this kernel has no such file
        if not _kernel_lists_children():
            yield from _children_by_scan(pid)
    except OSError:  # it ended
        return


def _kernel_lists_children() -> bool:
    return (PROC / "self" / "task" / str(os.getpid()) / "children").exists()


def _children_by_scan(pid: int) -> Iterator[int]:
    for entry in os.listdir(PROC):  # noqa: PTH208  names, not paths
        if entry.isdigit() and _parent(int(entry)) == pid:
            yield int(entry)


def _parent(pid: int) -> int | None:
    try:
        return int((PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[PARENT])
    except OSError:  # it ended
        return None
