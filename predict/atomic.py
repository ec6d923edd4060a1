"""Write a file whole or not at all, wherever that can be."""

from __future__ import annotations

import errno
import os
from pathlib import Path

IRREPLACEABLE = (errno.EBUSY, errno.EACCES, errno.EPERM, errno.EROFS)


def write(path: Path, data: bytes) -> None:
    """Write under a temporary name in the same folder, then rename.

    A device or pipe is written into as it stands, and so is a file that nothing can take the place of: one that is
    mounted, as into a container, or in a folder that takes no other.

    Raises:
        OSError: it cannot be written; nothing is left of a new file.
    """
    if path.is_relative_to("/dev") or (path.exists() and not path.is_file()):
        path.write_bytes(data)
        return
    path = path.resolve()  # a link stays one
    try:
        _replace(path, data)
    except OSError as error:
        if error.errno not in IRREPLACEABLE or not path.exists():
            raise
        path.write_bytes(data)


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
