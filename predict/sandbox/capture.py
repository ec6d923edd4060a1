"""Keep what the model prints: bounded, escaped, line by line."""

from __future__ import annotations

from collections.abc import Callable

from predict.printable import printable

KEPT = 32 * 1024
LINE_CAP = 2_000


class Capture:
    """First and last 32 KiB of one stream.

    Lines of the first part are handed to `say` as they come, those of the last part at the end. The cap is
    there because a model may print faster than anybody reads: what lies between is counted and dropped.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._line = bytearray()
        self._said = 0
        self._tail = bytearray()
        self._dropped = 0
        self.total = 0

    def feed(self, data: bytes) -> None:
        """Take bytes as they come."""
        self.total += len(data)
        room = max(0, KEPT - self._said)
        self._said += len(data[:room])
        *lines, rest = (self._line + data[:room]).split(b"\n")
        for line in lines:
            self._tell(line)
        self._line = bytearray(rest)
        self._tail += data[room:]
        if len(self._tail) > KEPT:
            self._dropped += len(self._tail) - KEPT
            del self._tail[:-KEPT]

    def close(self) -> None:
        """Say what is left."""
        if self._dropped:
            self._flush()
            self._say(f"[{self._dropped} bytes dropped]")
        self._line += self._tail
        self._tail.clear()
        self._flush()

    def _flush(self) -> None:
        if self._line:
            for line in self._line.removesuffix(b"\n").split(b"\n"):
                self._tell(line)
        self._line.clear()

    def _tell(self, line: bytes | bytearray) -> None:
        text = printable(line.removesuffix(b"\r").decode("utf-8", "replace"))
        self._say(text if len(text) <= LINE_CAP else f"{text[:LINE_CAP]} [{len(text) - LINE_CAP} characters cut]")


class Tail:
    """The last bytes of a stream, for evidence."""

    def __init__(self, size: int = KEPT) -> None:
        self._size = size
        self._bytes = bytearray()
        self.total = 0

    def feed(self, data: bytes) -> None:
        """Take bytes as they come."""
        self.total += len(data)
        self._bytes += data
        del self._bytes[: -self._size]

    @property
    def text(self) -> str:
        """What was kept, escaped."""
        return printable(self._bytes.decode("utf-8", "replace"))
