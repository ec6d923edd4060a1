"""Which runs of the same user go on at this moment: what they leave in common places cannot be told apart."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from pathlib import Path
from typing import Any

Looks = list[list[Any]]  # names and inodes
CAP = 4 * 1024**2


class Company:
    """A file that every run holds a shared lock on: who can lock it for itself is alone.

    Whoever comes when nobody is there writes down how the common place looked; the last to leave reads it.
    """

    def __init__(self, looks: Looks, folder: str | None = None) -> None:
        path = Path(folder or tempfile.gettempdir(), f".predict-runs-of-{os.geteuid()}")
        self.at_first = looks
        self._file: int | None = None
        with contextlib.suppress(OSError):  # a folder that takes no file: then we know of nobody
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            self._come(self._file, looks)

    def _come(self, file: int, looks: Looks) -> None:
        if self.is_alone(keep=True):
            os.ftruncate(file, 0)
            os.pwrite(file, json.dumps(looks).encode(), 0)
        fcntl.flock(file, fcntl.LOCK_SH)
        with contextlib.suppress(ValueError, TypeError):  # it was cut off: then ours must do
            self.at_first = [[str(name), int(inode)] for name, inode in json.loads(os.pread(file, CAP, 0))]

    def is_alone(self, *, keep: bool = False) -> bool:
        """Whether no other run goes on; with `keep`, none can begin until this one is closed."""
        if self._file is None:
            return True
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fcntl.flock(self._file, fcntl.LOCK_SH)  # the attempt may have cost the lock that we had
            return False
        if not keep:
            fcntl.flock(self._file, fcntl.LOCK_SH)
        return True

    def close(self) -> None:
        """Leave."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
