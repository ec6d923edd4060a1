"""Give the unpickler a pickle without the middle of its large strings: neither memory nor time goes into numbers.

A model of 300 MB is a few large strings among small opcodes. Nobody needs their middle: what betrays a library stands
at the beginning (LightGBM's text) or at the end (XGBoost's version). The same holds for a list of a million numbers,
each an opcode of its own. So every opcode is looked at, and handed on in frames of our own: the C unpickler reads
nothing beyond a frame. That also tells what no unpickler survives unharmed,
such as an index for which it would allocate gigabytes, and lets arrays be skipped that joblib writes between opcodes.
"""

from __future__ import annotations

import pickle
import pickletools
import re
from collections.abc import Callable
from typing import IO, NamedTuple

KEPT = 64 * 1024  # bytes at each end
CHUNK = 256 * 1024
LONGEST = 16  # bytes of an opcode, without its string
BEGINNING = 64
TEXTS = (pickle.BINUNICODE[0], pickle.BINUNICODE8[0])
PUTS = (pickle.PUT[0], pickle.LONG_BINPUT[0])
EXTENSIONS = (pickle.EXT1[0], pickle.EXT2[0], pickle.EXT4[0])
LENGTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
ARGUMENTS = {ord(opcode.code): opcode.arg.n if opcode.arg else 0 for opcode in pickletools.opcodes}
"""How many bytes follow an opcode; below zero: lines, or a length that stands before them."""
COUNTED = {code: LENGTHS[size] for code, size in ARGUMENTS.items() if size in LENGTHS}
"""How many bytes tell the length of an opcode's string."""
LINES = {code: 1 for code, size in ARGUMENTS.items() if size == pickletools.UP_TO_NEWLINE}
LINES |= {pickle.GLOBAL[0]: 2, pickle.INST[0]: 2}
ALONE = {pickle.STOP[0], pickle.BUILD[0], pickle.FRAME[0], *EXTENSIONS}
CHECKED = {pickle.LONG_BINPUT[0], *COUNTED, *LINES, *ALONE}
FIXED = [1 + ARGUMENTS[code] if code in ARGUMENTS and code not in CHECKED else 0 for code in range(256)]
"""Sizes of the opcodes that need not be looked at; 0 for the others."""


NUMBER = rb"(?:G.{8}|J.{4}|M..|K.|[N\x88\x89])"
NUMBERS = re.compile(NUMBER + b"*", re.DOTALL)
"""Opcodes that push a number, a truth value or None."""
FEW_NUMBERS = re.compile(NUMBER + b"{128}", re.DOTALL)
MANY_NUMBERS = 2048  # bytes of them; picklers write a thousand at once
PUSHES_NUMBER = frozenset(b"GJMKN\x88\x89")
TAKE_ALL = frozenset((pickle.APPENDS[0], pickle.SETITEMS[0], pickle.ADDITEMS[0]))
"""What puts them into a list, a dict or a set, as many as there are; of a tuple each one may count."""


class Large(NamedTuple):
    """A string that was shortened, or an array that was skipped."""

    offset: int
    size: int
    beginning: bytes


class Shortened:
    """A file for `pickle.Unpickler`. It has no `peek`, so that the unpickler reads nothing ahead."""

    def __init__(self, file: IO[bytes], kept: int = KEPT, built: Callable[[], object] = lambda: None) -> None:
        """`built` is called when a BUILD was done; it may take what follows, or unpickle it from here."""
        self._file = file
        self._kept = kept
        self._built = built
        self._buffer = b""
        self._place = 0
        """Where in the buffer the next opcode begins."""
        self._end = file.tell()
        """Where in the file the buffer ends."""
        self._whole = False
        """Whether the file has no more than the buffer."""
        self._handed = 0
        """How much the unpickler got; it cannot have made more parts than that."""
        self._frame = b""
        self._given = 0
        self._waiting = False
        """Whether the frame ends in a BUILD."""
        self.large: list[Large] = []

    @property
    def position(self) -> int:
        """Where the next opcode begins."""
        return self._end - len(self._buffer) + self._place

    def readline(self) -> bytes:
        """Answer the unpickler, which asks whether there is such a method: no frame ends in the middle of a line."""
        raise ValueError("a line outside of a frame")

    def read(self, size: int) -> bytes:
        """Read a part of a frame.

        Raises:
            EOFError: the pickle is cut off.
            ValueError: it is none, or one that would do harm.
        """
        if self._given == len(self._frame):
            self._next_frame()
        data = self._frame[self._given : self._given + size]
        self._given += len(data)
        return data

    def take(self, size: int) -> bytes:
        """Read bytes that are no opcodes."""
        self._fill(size)
        data = self._buffer[self._place : self._place + size]
        if len(data) < size:
            raise self._cut()
        self._place += size
        return data

    def array(self, size: int) -> bytes:
        """Leave out an array that stands between opcodes, and return its beginning."""
        start = self.position
        beginning = self.take(min(size, BEGINNING))
        self._skip(size - len(beginning))
        if size > 2 * self._kept:
            self.large.append(Large(start, size, beginning))
        return beginning

    def _skip(self, size: int) -> None:
        beyond = size - (len(self._buffer) - self._place)
        if beyond <= 0:
            self._place += size
            return
        self._buffer, self._place = b"", 0
        try:
            self._end = self._file.seek(beyond, 1)  # beyond the end, too: what is taken next is not there
        except (OSError, OverflowError):
            raise self._cut() from None

    def _cut(self) -> EOFError:
        return EOFError(f"cut off after {self._file.seek(0, 2):,} bytes")

    def _next_frame(self) -> None:
        if self._waiting:
            self._waiting = False
            self._built()
        piece = b""
        while not piece:
            self._fill(2 * self._kept + LONGEST)
            piece = self._many() or self._one()
        self._handed += len(piece)
        self._frame = pickle.FRAME + len(piece).to_bytes(8, "little") + piece
        self._given = 0

    def _fill(self, size: int) -> None:
        """Have so many bytes in the buffer, or all that are left."""
        while not self._whole and len(self._buffer) - self._place < size:
            more = self._file.read(max(CHUNK, len(self._buffer)))
            self._buffer = self._buffer[self._place :] + more
            self._place = 0
            self._end += len(more)
            self._whole = not more

    def _many(self) -> bytes:
        """As many opcodes as the unpickler may have as they are."""
        buffer, start, end = self._buffer, self._place, len(self._buffer)
        place = start
        while place < end:
            if buffer[place] in PUSHES_NUMBER and (after := self._after_numbers(place)) > place:
                if after - place > MANY_NUMBERS and after < end and buffer[after] in TAKE_ALL:
                    self._place = after
                    return buffer[start:place] + FEW_NUMBERS.match(buffer, place)[0]  # type: ignore[index]  # it has more
                place = after
                continue
            after = place + FIXED[buffer[place]]
            if after == place:
                after = self._after(buffer[place], place) or end + 1
            if after > end:
                break
            place = after
        self._place = place
        return buffer[start:place]

    def _after_numbers(self, place: int) -> int:
        """Where a row of numbers ends that begins here; a number alone is none."""
        second = place + FIXED[self._buffer[place]]
        if second >= len(self._buffer) or self._buffer[second] not in PUSHES_NUMBER:
            return place
        found = NUMBERS.match(self._buffer, place)
        return found.end() if found else place

    def _after(self, opcode: int, place: int) -> int:
        """Where an opcode of no fixed size ends; 0 if it must be dealt with by itself."""
        if opcode in COUNTED:
            start = place + 1 + COUNTED[opcode]
            size = int.from_bytes(self._buffer[place + 1 : start], "little")
            return start + size if size <= 2 * self._kept else 0
        if opcode in LINES:
            after = self._after_lines(opcode, place)
        else:
            after = place + 5 if opcode == pickle.LONG_BINPUT[0] else 0
        return 0 if opcode in PUTS and self._is_absurd(opcode, self._buffer[place + 1 : after]) else after

    def _after_lines(self, opcode: int, place: int) -> int:
        after = self._buffer.find(b"\n", place) + 1
        return self._buffer.find(b"\n", after) + 1 if after and LINES[opcode] > 1 else after

    def _is_absurd(self, opcode: int, index: bytes) -> bool:
        """The unpickler makes room for every index up to the largest: more than bytes it got are meant to harm."""
        number = int(index or b"0") if opcode == pickle.PUT[0] else int.from_bytes(index, "little")
        return number > self._handed + len(self._buffer)

    def _one(self) -> bytes:
        """One opcode that must be dealt with by itself."""
        self._fill(1)
        opcode = self._opcode()
        if opcode in COUNTED:
            return self._shorten(opcode)
        while opcode in LINES and not self._after_lines(opcode, self._place):
            self._longer()
        after = self._after_lines(opcode, self._place) if opcode in LINES else self._place + 1 + ARGUMENTS[opcode]
        piece = self.take(after - self._place)
        if opcode in PUTS and self._is_absurd(opcode, piece[1:]):
            raise ValueError(f"it numbers its parts beyond {self._handed:,}, and has not that many")
        self._waiting = opcode == pickle.BUILD[0]
        return b"" if opcode == pickle.FRAME[0] else piece

    def _opcode(self) -> int:
        opcode = (self._buffer[self._place : self._place + 1] or self.take(1))[0]
        if opcode not in ARGUMENTS:
            raise ValueError(f"byte {self.position:,} is {opcode:#04x}, which is no opcode")
        if opcode in EXTENSIONS:
            raise ValueError("it uses extension codes, which only its author's program knows")
        return opcode

    def _longer(self) -> None:
        if self._whole:
            raise self._cut()
        self._fill(len(self._buffer) - self._place + 1)

    def _shorten(self, opcode: int) -> bytes:
        """The unpickler takes a smaller length with the string to it."""
        width = COUNTED[opcode]
        size = int.from_bytes(self.take(1 + width)[1:], "little")
        start = self.position
        if size <= 2 * self._kept:  # there is less of it in the file, else it would need no attention
            self.take(size)
        head = self.take(self._kept)
        self._skip(size - 2 * self._kept)
        tail = self.take(self._kept)
        self.large.append(Large(start, size, head[:BEGINNING]))
        if opcode in TEXTS:  # a character may have been cut
            head, tail = (part.decode("utf-8", "ignore").encode() for part in (head, tail))
        return bytes([opcode]) + len(head + tail).to_bytes(width, "little") + head + tail
