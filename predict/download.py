"""A URL's bytes to a file: hashed on the way, resumed after a cut, never more than wanted, whole or not at all."""

from __future__ import annotations

import _thread
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING

from predict.job import MIB
from predict.progress import Progress
from predict.transport import Patience, TransferError
from predict.transport.patience import Clock, persist
from predict.transport.web import get, read

if TYPE_CHECKING:
    from requests import Response  # noqa: TID251  only its type

CHUNK = 1024**2
BEHIND = 16  # pieces that may wait to be hashed: memory is to stay flat
DECODED = {"gzip", "x-gzip", "deflate", "br", "zstd"}  # its length is not the file's, and it cannot be resumed
OK, PARTIAL, NOT_SATISFIABLE = 200, 206, 416
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Downloaded:
    """A file that came whole, as far as anybody can tell.

    `vouched`: its end was announced, so that nothing can have been cut off unseen. `disposition` is the server's
    Content-Disposition; `modified` its Last-Modified, in seconds since 1970.
    """

    size: int
    sha256: str
    vouched: bool
    disposition: str
    modified: float | None


Skip = Callable[[int | None, float | None], bool]
"""Whether the body is not needed, by its length and its date."""


class Unneeded(Exception):
    """The body was not needed."""


@contextmanager
def partial(folder: Path) -> Iterator[Path]:
    """A name for a temporary file in a folder; what has it afterwards is removed."""
    path = folder / f".predict-{os.urandom(6).hex()}.partial"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def download(url: str, path: Path, patience: Patience, *, most: int, skip: Skip = lambda *_: False) -> Downloaded:
    """Write the decoded body of a URL to a new file.

    Raises:
        TransferError: it cannot be had, is larger than `most` bytes, or has no room.
        Unneeded: `skip` says so.
        OSError: the file cannot be written.
    """
    with path.open("xb") as file, Progress("Downloading") as progress:
        target = _Target(file, most, skip, progress)
        try:
            persist(url, patience, lambda clock: target.fill(url, clock))
            return target.downloaded()
        finally:
            target.digest.end()


class _Digest:
    """The sha256, made beside: hashing takes as long as receiving and writing do.

    By a thread and queues without locks of Python's, which a signal in the main thread could leave locked.
    """

    def __init__(self) -> None:
        self._pieces: SimpleQueue[bytes | None] = SimpleQueue()
        self._room: SimpleQueue[None] = SimpleQueue()
        self._done: SimpleQueue[str] = SimpleQueue()
        for _ in range(BEHIND):
            self._room.put(None)
        _thread.start_new_thread(self._work, ())

    def update(self, data: bytes) -> None:
        self._room.get()
        self._pieces.put(data)

    def end(self) -> None:
        self._pieces.put(None)

    def hexdigest(self) -> str:
        self.end()
        return self._done.get()

    def _work(self) -> None:
        sha256 = hashlib.sha256()
        while (data := self._pieces.get()) is not None:
            sha256.update(data)
            self._room.put(None)
        self._done.put(sha256.hexdigest())


class _Target:
    """The file, and how far it has come over all attempts."""

    def __init__(self, file: IO[bytes], most: int, skip: Skip, progress: Progress) -> None:
        self._file = file
        self._most = most
        self._skip = skip
        self._progress = progress
        self._etag: str | None = None
        self._size = 0
        self.digest = _Digest()

    def _restart(self) -> None:
        if self._size:
            self._file.seek(0)
            self._file.truncate()
            self.digest.end()
            self.digest = _Digest()
            self._size = 0

    def fill(self, url: str, clock: Clock) -> None:
        """One attempt: from where the last one broke off, if the server still has the same."""
        resuming = self._size > 0 and self._etag is not None
        asked = {"Range": f"bytes={self._size}-", "If-Range": str(self._etag)} if resuming else {}
        acceptable = (OK, PARTIAL, NOT_SATISFIABLE) if resuming else (OK,)
        with get(url, clock, {"Accept-Encoding": "identity", **asked}, acceptable) as response:
            if response.status_code != PARTIAL or not self._goes_on(response):
                self._restart()
            if response.status_code != OK and not self._size:
                self._etag = None
                raise TransferError("the server cannot go on where it broke off", transient=True)
            self._begin(response)
            for data in read(response, CHUNK):
                self._take(data)
        if self._total is not None and self._size != self._total:
            raise TransferError(f"{self._size} of {self._total} bytes came", transient=True)

    def _goes_on(self, response: Response) -> bool:
        found = RANGE.fullmatch(response.headers.get("Content-Range", ""))
        return found is not None and int(found[1]) == self._size

    def _begin(self, response: Response) -> None:
        headers = response.headers
        plain = not DECODED & {word.strip() for word in headers.get("Content-Encoding", "").lower().split(",")}
        length = int(headers["Content-Length"]) if headers.get("Content-Length", "").isdecimal() else None
        self._total = self._size + length if length is not None and plain else None
        tag = headers.get("ETag", "")
        self._etag = tag if plain and tag and not tag.startswith("W/") else None
        self._vouched = length is not None or "chunked" in headers.get("Transfer-Encoding", "").lower()
        self._disposition = headers.get("Content-Disposition", "")
        self._modified = _seconds(headers.get("Last-Modified"))
        if self._skip(self._total, self._modified):
            raise Unneeded
        self._make_sure(self._total or 0)

    def _make_sure(self, size: int) -> None:
        """Refuse what is too much before it is written."""
        if size > self._most:
            raise TransferError(f"it is larger than {_mib(self._most)}")
        room = shutil.disk_usage(self._file.fileno()).free
        if size - self._size > room:
            raise TransferError(f"it takes {_mib(size)}, and the folder has room for {_mib(room)} more")

    def _take(self, data: bytes) -> None:
        if self._size + len(data) > self._most:
            self._make_sure(self._size + len(data))
        self.digest.update(data)
        self._file.write(data)
        self._size += len(data)
        self._progress.show(self._size, self._total)

    def downloaded(self) -> Downloaded:
        return Downloaded(self._size, self.digest.hexdigest(), self._vouched, self._disposition, self._modified)


def _seconds(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, TypeError, OverflowError):
        return None


def _mib(size: int) -> str:
    return f"{size / MIB:,.0f} MiB"
