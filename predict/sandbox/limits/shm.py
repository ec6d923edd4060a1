"""What a model leaves in the machine's shared memory: the next run would miss it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from .disk import BLOCK, Walk, held_open, remove, usage

Inode = tuple[int, int]


class SharedMemory:
    """Remembers what was there before the model came. Without such a folder there is nothing to find."""

    def __init__(self, folder: Path = Path("/dev/shm")) -> None:  # noqa: S108  where the C library keeps it
        self._folder = folder
        self._before = frozenset((entry.name, entry.inode()) for entry in self._entries())

    def usage(self, uid: int | None) -> int:
        """Bytes in what is new and belongs to `uid`, or to us."""
        return sum(map(_size, self._new(uid)))

    def clean(self, uid: int | None) -> list[str]:
        """Remove what the model left, and return its names.

        Without a user of its own, what is new and ours may as well be another program's: what any living process
        has open or mapped stays.
        """
        if uid is not None:
            left = self._owned(uid, self._entries())
        elif left := self._new(None):
            held = _held()
            left = [path for path in left if held.isdisjoint(_inodes(path))]
        return [path.name for path in left if remove(path)]

    def _new(self, uid: int | None) -> list[Path]:
        new = (entry for entry in self._entries() if (entry.name, entry.inode()) not in self._before)
        return self._owned(os.geteuid() if uid is None else uid, new)

    def _owned(self, uid: int, entries: Iterator[os.DirEntry[str]]) -> list[Path]:
        owned = []
        for entry in entries:
            with contextlib.suppress(OSError):  # removed while we looked
                if entry.stat(follow_symlinks=False).st_uid == uid:
                    owned.append(Path(entry.path))
        return owned

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            yield from entries


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.lstat().st_blocks * BLOCK + usage(path).size
    return 0


def _inodes(path: Path) -> Iterator[Inode]:
    with contextlib.suppress(OSError):
        for status in (path.lstat(), *Walk(path)):
            yield status.st_dev, status.st_ino


def _held() -> set[Inode]:
    """What living processes have open or mapped, as far as we may look."""
    held: set[Inode] = set()
    for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))):  # noqa: PTH208  names, not paths
        held.update((status.st_dev, status.st_ino) for status in held_open(pid))
        held.update(_mapped(pid))
    return held


def _mapped(pid: int) -> Iterator[Inode]:
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/maps", "rb") as lines:  # noqa: PTH123
        for line in lines:
            _, _, _, device, inode, *_ = line.split(None, 5)
            major, _, minor = device.partition(b":")
            yield os.makedev(int(major, 16), int(minor, 16)), int(inode)
