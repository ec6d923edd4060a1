"""What the worker says, as values: parsed without trusting a byte of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from predict.inspection.facts import Facts

LINE_CAP = 1024**2
NAMES_CAP = 20

Count = Annotated[int, Meta(ge=0, lt=2**53)]
Name = Annotated[str, Meta(max_length=200)]
Names = Annotated[list[Name], Meta(max_length=NAMES_CAP)]
Text = Annotated[str, Meta(max_length=5_000)]
PhaseName = Literal["load", "read", "benchmarks", "call", "answer"]
PHASES = ("start", "load", "read", "benchmarks", "call", "answer")


class ProtocolError(Exception):
    """Bytes that the worker's own code would not have written."""


class Locked(msgspec.Struct, frozen=True, tag="locked"):
    """The room is locked: why not for each mechanism, null where it holds. Nothing is imported yet."""

    mechanisms: dict[Name, Text | None]


class Ready(msgspec.Struct, frozen=True, tag="ready", kw_only=True):
    """Our imports are done, the live features are open, the pickle is untouched.

    `ids` are the columns of live ids, which the payload holds.
    """

    rows: Count
    ids: Names
    libraries: dict[Name, Name]
    bytes: Count


class Inspected(msgspec.Struct, frozen=True, tag="inspected"):
    """What the pickle told without being loaded: the last that is said before it is touched.

    `path` is where the worker looks for modules.
    """

    facts: Facts
    path: list[Text]


class Unusable(msgspec.Struct, frozen=True, tag="unusable"):
    """Instead of ready: the live features cannot be used, whatever the model is."""

    text: Text


class Phase(msgspec.Struct, frozen=True, tag="phase"):
    """What the worker does next."""

    name: PhaseName


class BenchmarksDiffer(msgspec.Struct, frozen=True, tag="warning"):
    """How many live ids the benchmarks lack, how many ids they have beyond, how many more than once."""

    missing: Count
    extra: Count
    repeated: Count


class Accelerated(msgspec.Struct, frozen=True, tag="accelerated"):
    """What was predicted by code of ours instead of LightGBM's, and how often it was left to that, by reason."""

    boosters: Count
    trees: Count
    rows: Count
    declined: Annotated[dict[Name, Count], Meta(max_length=NAMES_CAP)]


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """What the pickle holds is not a model, or what it returned is not a frame."""

    reason: Literal["not_callable", "bad_signature", "not_a_dataframe"]
    text: Text


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """An exception left the model.

    `kinds` are the names of its class and base classes, those of builtins without their module. `inside` tells
    whether code other than the worker's and the installed libraries' raised it.
    """

    phase: PhaseName
    kinds: Annotated[list[Name], Meta(min_length=1, max_length=NAMES_CAP)]
    text: Text
    module: Name
    inside: bool
    trace: Annotated[str, Meta(max_length=20_000)]


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """What the model returned: `columns` are the first names of `count`, the payload holds one of them.

    `id` is the name of its ids: that of the index, or of one of the columns.
    """

    columns: Names
    count: Count
    dtype: Name
    numeric: bool
    bytes: Count
    id: Name | None = None


Message = Locked | Ready | Inspected | Unusable | Phase | BenchmarksDiffer | Accelerated | Refused | Failed | Answer
Last = Unusable | Refused | Failed | Answer

_decoder = msgspec.json.Decoder(Message)


class Reader:
    """Splits the channel's bytes into messages, each with its payload."""

    def __init__(self, payload_cap: int) -> None:
        self._buffer = bytearray()
        self._payload_cap = payload_cap
        self._pending: Message | None = None
        self.too_large = False

    def feed(self, data: bytes) -> Iterator[tuple[Message, bytes]]:
        """Take bytes as they come; yield the messages that they complete: those before a wrong one still count.

        Raises:
            ProtocolError: these are not messages.
        """
        self._buffer += data
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> tuple[Message, bytes] | None:
        if self._pending is None:
            line = self._take_line()
            if line is None:
                return None
            self._pending = _decode(line)
        size = getattr(self._pending, "bytes", 0)
        self.too_large = size > self._payload_cap
        if self.too_large or len(self._buffer) < size:
            return None
        message, self._pending = self._pending, None
        return message, self._take(size)

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\n")
        if end < 0 and len(self._buffer) > LINE_CAP:
            raise ProtocolError("a line without end")
        return None if end < 0 else self._take(end + 1)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def _decode(line: bytes) -> Message:
    try:
        message: Message = _decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:  # ValueError: text that is not UTF-8
        raise ProtocolError(f"{line[:80]!r}: {error}") from error
    return message


class Post(msgspec.Struct, frozen=True):
    """What the keeper says: the worker's wait status, and whether its processes are all gone."""

    status: int | None = None
    empty: bool | None = None


_post_decoder = msgspec.json.Decoder(Post)


def read_post(lines: bytes) -> list[Post]:
    """Parse whole lines of the keeper's; it is ours, so anything else is a fault of ours."""
    return [_post_decoder.decode(line) for line in lines.splitlines()]
