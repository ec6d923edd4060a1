"""Watch what a process and its descendants hold in memory.

Linux is read from /proc (25 microseconds a process), other systems through psutil.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def tree_memory(pid: int, limit: int) -> int:
    """Bytes that the tree holds: anonymous and shared pages, not files.

    Pages that forks share are counted once per process at first; only a sum above `limit` is worth the exact
    and slow look (54 ms for 2 GB) that divides shared pages among their holders.
    """
    if sys.platform != "linux":
        return psutil_tree_memory(pid)
    pids = list(tree(pid))
    held = sum(map(_resident, pids))
    return sum(map(_proportional, pids)) if held > limit and len(pids) > 1 else held


def tree(pid: int) -> Iterator[int]:
    """The process and its living descendants."""
    found = [pid]
    while found:
        yield (here := found.pop())
        try:
            tasks = list((PROC / str(here) / "task").iterdir())
            found += [int(child) for task in tasks for child in (task / "children").read_bytes().split()]
        except OSError:  # it ended while we looked
            continue


def _resident(pid: int) -> int:
    return _kilobytes(PROC / str(pid) / "status", ("RssAnon", "RssShmem"))


def _proportional(pid: int) -> int:
    return _kilobytes(PROC / str(pid) / "smaps_rollup", ("Pss_Anon", "Pss_Shmem")) or _resident(pid)


def _kilobytes(file: Path, names: tuple[str, ...]) -> int:
    try:
        lines = file.read_text(errors="replace").splitlines()  # a process's name may be any bytes
    except OSError:  # it ended while we looked, or the kernel does not tell
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.partition(":")[0] in names)


def psutil_tree_memory(pid: int) -> int:
    """The same through psutil: resident bytes, files included."""
    import psutil

    try:
        leader = psutil.Process(pid)
        return sum(_psutil_resident(process) for process in [leader, *leader.children(recursive=True)])
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def _psutil_resident(process: object) -> int:
    import psutil

    assert isinstance(process, psutil.Process)  # noqa: S101  psutil is imported late, so it cannot be the annotation
    try:
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
