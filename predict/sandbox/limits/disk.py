"""Watch what a model writes, and remove it.

Folders are opened from within the folder above, never through a link: what is swapped meanwhile leads nowhere else,
and no path is ever too long.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import capabilities

DEPTH = 128
BLOCK = 512  # what st_blocks counts, on every file system
NEEDED = stat.S_IRUSR | stat.S_IXUSR
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Usage:
    """What is in a folder."""

    size: int
    """Bytes that it takes: a sparse file counts by its blocks."""
    files: int
    """Files, folders and links; a file with several names counts once."""
    deepest: bool
    """Whether there may be more: in folders nested deeper than DEPTH, or closed to us."""


def usage(folder: Path, most: int = 100_000, *, unlock: bool = False) -> Usage:
    """Measure a folder while others write to it: about 2 microseconds a file; stop at more than `most` files.

    With `unlock`, folders that we closed to ourselves are opened.
    """
    size = files = 0
    linked: set[tuple[int, int]] = set()
    for status in (walk := Walk(folder, unlock=unlock)):
        if status.st_nlink > 1 and not stat.S_ISDIR(status.st_mode):
            if (status.st_dev, status.st_ino) in linked:
                continue
            linked.add((status.st_dev, status.st_ino))
        size += status.st_blocks
        files += 1
        if files > most:
            break
    return Usage(size * BLOCK, files, walk.incomplete)


class Walk:
    """Iterates over the status of everything below a folder."""

    def __init__(self, folder: Path, *, unlock: bool = False) -> None:
        self.incomplete = False
        self._unlock = unlock
        self._entered: set[tuple[int, int]] = set()
        """Folders that were looked into: who moves one ahead of us does not keep us busy."""
        self._way: list[tuple[int | None, list[str]]] = [(None, [str(folder)])]
        """The open folders on the way down, each with the names of those in it that are still to be entered."""

    def __iter__(self) -> Iterator[os.stat_result]:
        try:
            while self._way:
                folder, names = self._way[-1]
                if names:
                    yield from self._enter(names.pop(), folder)
                else:
                    self._leave()
        finally:
            while self._way:
                self._leave()

    def _enter(self, name: str, parent: int | None) -> Iterator[os.stat_result]:
        inner: list[str] = []
        try:
            folder = self._open(name, parent)
            self._way.append((folder, inner))
            if self._is_new(folder):
                yield from self._look(folder, inner)
        except OSError as error:
            self._missed(error)
        if inner and len(self._way) - 1 > DEPTH:
            self.incomplete = True
            inner.clear()

    def _open(self, name: str, parent: int | None) -> int:
        if self._unlock and not _is_open(name, parent):
            _unlock(name, parent)
        return os.open(name, FOLDER, dir_fd=parent)

    def _is_new(self, folder: int) -> bool:
        status = os.fstat(folder)
        known = (status.st_dev, status.st_ino) in self._entered
        self._entered.add((status.st_dev, status.st_ino))
        return not known

    def _look(self, folder: int, inner: list[str]) -> Iterator[os.stat_result]:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError as error:
                    self._missed(error)
                    continue
                if stat.S_ISDIR(status.st_mode):
                    inner.append(entry.name)
                yield status

    def _missed(self, error: OSError) -> None:
        if error.errno != errno.ENOENT:  # what was removed while we looked takes nothing
            self.incomplete = True

    def _leave(self) -> None:
        folder, _ = self._way.pop()
        if folder is not None:
            os.close(folder)


def free(folder: str) -> int:
    """Bytes that are left on the disk under a folder."""
    system = os.statvfs(folder)
    return system.f_bavail * system.f_frsize


def unlinked(pids: Iterable[int], *, mapped: bool = False) -> int:
    """Bytes in files without a name that these processes hold open; no walk finds them.

    Memory that passes for a file (memfd, /dev/shm) counts too. What is mapped and closed only root may look for, with
    `mapped`: 2 microseconds for each file that a process maps.
    """
    blocks: dict[tuple[int, int], int] = {}
    for pid in pids:
        for status in (*held_open(pid), *(held_open(pid, "map_files") if mapped else ())):
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                blocks[status.st_dev, status.st_ino] = status.st_blocks
    return sum(blocks.values()) * BLOCK


def unlinked_as(uid: int, pids: Iterable[int]) -> int:
    """The same through the eyes of the user whom the processes belong to: root without CAP_SYS_PTRACE may not look."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); from limits.disk import unlinked; "
    code += "print(unlinked(map(int, sys.argv[2:]), mapped=True))"
    command = [sys.executable, "-I", "-S", "-c", code, str(Path(__file__).parents[1]), *map(str, pids)]
    try:
        looked = subprocess.run(  # noqa: S603  our own code, and numbers
            command, capture_output=True, check=False, user=uid, group=uid, extra_groups=[], timeout=2, cwd="/", env={}
        )
        return int(looked.stdout or 0)
    except (OSError, subprocess.SubprocessError, ValueError):  # the model, who is that user too, ended it
        return 0


def held_open(pid: int, folder: str = "fd") -> Iterator[os.stat_result]:
    """The status of each file that a process holds open, as far as we may look."""
    with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/{folder}") as entries:
        for entry in entries:
            with contextlib.suppress(OSError):  # closed while we looked
                yield entry.stat()


def remove(path: Path) -> bool:
    """Remove a file, or a folder however deep, whose writers are dead; tell whether it is gone."""
    with contextlib.suppress(OSError):
        if stat.S_ISDIR(path.lstat().st_mode):
            _remove_folder(str(path))
        else:
            path.unlink()
    return not os.path.lexists(path)


def _remove_folder(path: str) -> None:
    """Move folders up until none is in another, and remove each when nothing is left in it."""
    _unlock(path, None)
    with _opened(path, None) as top:
        while names := _remove_files(top):
            for name in names:
                with _opened(name, top) as folder:
                    for inner in _remove_files(folder):
                        os.rename(inner, os.urandom(16).hex(), src_dir_fd=folder, dst_dir_fd=top)
                os.rmdir(name, dir_fd=top)
    os.rmdir(path)  # noqa: PTH106


@contextlib.contextmanager
def _opened(name: str, parent: int | None) -> Iterator[int]:
    folder = os.open(name, FOLDER, dir_fd=parent)
    try:
        yield folder
    finally:
        os.close(folder)


def _remove_files(folder: int) -> list[str]:
    """Remove all but folders, whose names are returned."""
    folders = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _unlock(entry.name, folder)
                folders.append(entry.name)
            else:
                os.unlink(entry.name, dir_fd=folder)
    return folders


def _is_open(name: str, parent: int | None) -> bool:
    """Whether its owner may list a folder and look at what is in it."""
    mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
    return mode & NEEDED == NEEDED or not stat.S_ISDIR(mode)


def _unlock(name: str, parent: int | None) -> None:
    """Let us, its owner, into a folder, and be led through no link. Who needs no permission leaves it as it is."""
    if not os.geteuid() or "DAC_OVERRIDE" not in capabilities.missing():
        return
    if not hasattr(os, "O_PATH"):
        os.chmod(name, stat.S_IRWXU, dir_fd=parent, follow_symlinks=False)
        return
    place = os.open(name, os.O_PATH | FOLDER, dir_fd=parent)
    try:
        Path(f"/proc/self/fd/{place}").chmod(stat.S_IRWXU)
    finally:
        os.close(place)
