"""What a model leaves in the machine's shared memory: the next run would miss it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .company import Company
from .disk import BLOCK, Walk, held_open, remove, usage

FOLDER = Path("/dev/shm")  # noqa: S108  where the C library keeps it
Inode = tuple[int, int]


class SharedMemory:
    """Remembers what was there before the model came. Without such a folder there is nothing to find.

    `uid` is the user that only the model is; None if it is us, who may do other things at the same time.
    """

    def __init__(self, uid: int | None, folder: Path = FOLDER, locks: str | None = None) -> None:
        self._uid = uid
        self._folder = folder
        before = [[entry.name, entry.inode()] for entry in self._entries()]
        self._company = Company(before, locks) if uid is None else None
        self._before = frozenset((name, inode) for name, inode in before)

    def usage(self) -> int:
        """Bytes in what is new and belongs to the model's user: at most what the model has there."""
        return sum(map(_size, self._new()))

    def usage_of(self, pids: Iterable[int]) -> int:
        """Bytes that are the model's for sure; slower: what nobody else holds, and no other run may have made."""
        own = set(pids)
        others = _held(lambda pid: pid not in own)
        new = [path for path in self._new() if others.isdisjoint(_inodes(path))]
        if self._company and not self._company.is_alone():
            ours = _held(lambda pid: pid in own)
            new = [path for path in new if not ours.isdisjoint(_inodes(path))]
        return sum(map(_size, new))

    def clean(self) -> list[str]:
        """Remove what the model left, and return its names.

        Without a user of its own, what is new and ours may as well be another program's: what any living process
        has open or mapped stays; and while other runs go on, all does, until the last of them ends.
        """
        if self._company is None:
            return self._remove(self._owned(self._entries()))
        with contextlib.closing(self._company):
            if not self._company.is_alone(keep=True):
                return []
            self._before = frozenset((name, inode) for name, inode in self._company.at_first)
            left = self._new()
            held = _held(lambda _: True) if left else set()
            return self._remove([path for path in left if held.isdisjoint(_inodes(path))])

    def _remove(self, left: list[Path]) -> list[str]:
        return [path.name for path in left if remove(path)]

    def _new(self) -> list[Path]:
        return self._owned(entry for entry in self._entries() if (entry.name, entry.inode()) not in self._before)

    def _owned(self, entries: Iterator[os.DirEntry[str]]) -> list[Path]:
        uid = os.geteuid() if self._uid is None else self._uid
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


def _held(by: Callable[[int], bool]) -> set[Inode]:
    """What living processes have open or mapped, as far as we may look."""
    held: set[Inode] = set()
    if not Path("/proc").is_dir():
        return held
    for pid in filter(by, map(int, filter(str.isdecimal, os.listdir("/proc")))):  # noqa: PTH208  names, not paths
        held.update((status.st_dev, status.st_ino) for status in held_open(pid))
        held.update(_mapped(pid))
    return held


def _mapped(pid: int) -> Iterator[Inode]:
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/maps", "rb") as lines:  # noqa: PTH123
        for line in lines:
            _, _, _, device, inode, *_ = line.split(None, 5)
            major, _, minor = device.partition(b":")
            yield os.makedev(int(major, 16), int(minor, 16)), int(inode)
