"""Give the unpickler a pickle without the middle of its large strings: neither memory nor time goes into numbers.

A model of 300 MB is a few large strings among small opcodes. Nobody needs their middle: what betrays a library stands
at the beginning (LightGBM's text) or at the end (XGBoost's version). Since protocol 4 picklers put such strings
outside of the frames that hold everything else, and the C unpickler reads what lies outside of frames piece by piece:
an opcode, its length, its content. So the pieces tell where we are, and a length can be answered with a smaller one.
"""

from __future__ import annotations

import pickle
import pickletools
from typing import BinaryIO, NamedTuple

KEPT = 64 * 1024  # bytes at each end
CHUNK = 1024**2
TEXTS = (pickle.BINUNICODE, pickle.BINUNICODE8)
LENGTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
ARGUMENTS = {op.code.encode("latin1"): op.arg.n if op.arg else 0 for op in pickletools.opcodes}
"""How many bytes follow an opcode; below zero: a line, or a length that stands before them."""
FRAME_LENGTH = 8


class Large(NamedTuple):
    """A string that was shortened."""

    offset: int
    size: int
    beginning: bytes


class Shortened:
    """A file for `pickle.Unpickler`. It has no `peek`, so that the unpickler reads nothing ahead."""

    def __init__(self, file: BinaryIO, kept: int = KEPT) -> None:
        self._file = file
        self._kept = kept
        self._opcode = b""
        self._expected: list[int] = []
        """Sizes of the reads that belong to the opcode; none: the next byte is an opcode."""
        self._ready: bytes | None = None
        """A shortened string, whose length was told."""
        self.position = 0
        self.large: list[Large] = []

    def readline(self) -> bytes:
        """Read one of an opcode's lines."""
        return self._count(self._file.readline())

    def read(self, size: int) -> bytes:
        """Read one piece.

        Raises:
            UnpicklingError: the unpickler wants another piece than comes next: an opcode crosses its frame's end.
        """
        if self._ready is not None:
            ready, self._ready = self._ready, None
            return ready
        if self._expected:
            if self._expected.pop() != size:
                raise pickle.UnpicklingError("an opcode crosses the end of its frame")
            data = self._count(self._file.read(size))
            return self._length(data) if self._counts() else data
        data = self._count(self._file.read(size))
        if size == 1:
            self._begin(data)
        return data

    def _begin(self, opcode: bytes) -> None:
        self._opcode = opcode
        following = FRAME_LENGTH if opcode == pickle.FRAME else ARGUMENTS.get(opcode, 0)
        self._expected = [LENGTHS.get(following, following)] if following in LENGTHS or following > 0 else []

    def _counts(self) -> bool:
        """Whether what was just read is a length."""
        counted = self._opcode == pickle.FRAME or ARGUMENTS.get(self._opcode, 0) in LENGTHS
        return counted and not self._expected

    def _length(self, data: bytes) -> bytes:
        """Take a length as it is, or a smaller one with the string to it."""
        opcode, self._opcode = self._opcode, b""
        size = int.from_bytes(data, "little")
        if opcode == pickle.FRAME or size <= 2 * self._kept:
            self._expected = [size] if size else []
            return data
        self._ready = self._shorten(size, is_text=opcode in TEXTS)
        return len(self._ready).to_bytes(len(data), "little")

    def _shorten(self, size: int, *, is_text: bool) -> bytes:
        start = self.position
        head = self._count(self._file.read(self._kept))
        self._skip(size - 2 * self._kept)
        tail = self._count(self._file.read(self._kept))
        if self.position - start != size:
            raise pickle.UnpicklingError("pickle data was truncated")
        self.large.append(Large(start, size, head[:64]))
        if is_text:  # a character may have been cut
            head, tail = (part.decode("utf-8", "ignore").encode() for part in (head, tail))
        return head + tail

    def _skip(self, size: int) -> None:
        if self._file.seekable():
            self._file.seek(size, 1)
            self.position += size
            return
        while size > 0 and (chunk := self._count(self._file.read(min(size, CHUNK)))):
            size -= len(chunk)

    def _count(self, data: bytes) -> bytes:
        self.position += len(data)
        return data
