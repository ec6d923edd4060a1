"""Watch a worker until it answers, dies, or breaks a limit."""

from __future__ import annotations

import contextlib
import os
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from predict.job import Limits

from .capture import Capture, Tail
from .consumption import Consumption
from .ending import Cause
from .messages import (
    NAMES_CAP,
    PHASES,
    Accelerated,
    Answer,
    BenchmarksDiffer,
    Failed,
    Inspected,
    Last,
    Locked,
    Message,
    Phase,
    ProtocolError,
    Reader,
    Ready,
    Refused,
    Unusable,
    read_post,
)

TICK = 0.05
CHUNK = 256 * 1024
DRAIN_CAP = 1024**2
TRACE_GRACE = 1.0
TRACE_CAP = 1024**2

Hear = Callable[[Message], None]
Say = Callable[[str, str], None]
Accept = Callable[[Locked], str]
"""Returns why the room is not locked well enough, or nothing."""
Allow = Callable[[Inspected], bool]
"""Lets the worker load the pickle, if nothing that was read of it forbids that."""


@dataclass(frozen=True)
class Descriptors:
    """Our ends of the worker's pipes."""

    channel: int
    trace: int
    post: int
    stdout: int
    stderr: int


@dataclass(frozen=True)
class Listener:
    """Who is told what while it happens."""

    hear: Hear
    say: Say
    accept: Accept
    allow: Allow


class Watch:
    """Drains the pipes with caps, and keeps the clock and the memory."""

    def __init__(self, consumption: Consumption, pipes: Descriptors, limits: Limits, listener: Listener) -> None:
        self.consumption = consumption
        self._pipes = pipes
        self._limits = limits
        self._accept = listener.accept
        self._allow = listener.allow
        self._hear = listener.hear
        self._reader = Reader(limits.answer)
        self._streams = {name: Capture(partial(listener.say, name)) for name in ("stdout", "stderr")}
        self.errors = Tail()
        self.trace = Tail()
        self.locked: Locked | None = None
        self.ready: Ready | None = None
        self.inspected: Inspected | None = None
        self.ids = b""
        self._said: set[type[Message]] = set()
        self.last: Last | None = None
        self.payload = b""
        self.cause: Cause | None = None
        self.detail = ""
        self.phase = "start"
        self.seconds: dict[str, float] = {}
        self.status: int | None = None
        self.empty: bool | None = None
        self._since = time.monotonic()
        self._deadline = self._since + limits.startup
        self._dead = False
        self._selector = selectors.DefaultSelector()
        self._register(pipes)

    def _register(self, pipes: Descriptors) -> None:
        takers = {
            pipes.channel: self._take_message,
            pipes.trace: self._take_trace,
            pipes.post: self._take_post,
            pipes.stdout: self._streams["stdout"].feed,
            pipes.stderr: self._take_error,
        }
        for descriptor, take in takers.items():
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ, take)

    def until_end(self) -> None:
        """Return when there is nothing left to wait for. The worker may still live."""
        while self.last is None and self.cause is None and not self._dead:
            self._step(max(0.0, min(self.consumption.due, self._deadline) - time.monotonic()))
            self._check_limits()

    def until_told_where(self) -> None:
        """Give faulthandler a moment to dump every thread; a worker that cannot answer is not waited for."""
        end = time.monotonic() + TRACE_GRACE
        while not self._dead and time.monotonic() < end:
            if not self._step(TICK) and self.trace.text:
                return

    def until_empty(self, patience: float) -> bool:
        """Wait until the keeper is gone; what the model's pipes carry meanwhile is taken too."""
        end = time.monotonic() + patience
        while self._pipes.post in self._selector.get_map() and time.monotonic() < end:
            self._step(TICK)
        return self._pipes.post not in self._selector.get_map()

    def close(self) -> None:
        """Take what is still in the pipes, once nobody writes any more."""
        for key in list(self._selector.get_map().values()):
            self._drain(key.fd, key.data)
        for stream in self._streams.values():
            stream.close()
        self._spend(time.monotonic())
        self._selector.close()

    def _step(self, seconds: float) -> bool:
        """Wait for something to read, and read it. Return whether there was anything."""
        due = time.monotonic() + seconds
        events = self._selector.select(seconds)
        for key, _ in events:
            with contextlib.suppress(BlockingIOError):  # the model may open its own pipe and take what was there
                if not self._read(key.fd, key.data):
                    self._selector.unregister(key.fd)
                    self._dead |= key.fd == self._pipes.post
        # Stopped ourselves, or held up by whoever reads our log: that time is not the model's.
        self._deadline += max(0.0, time.monotonic() - due)
        return bool(events)

    def _read(self, descriptor: int, take: Callable[[bytes], None]) -> int:
        """Read once; return how much, 0 at the end of the stream."""
        data = os.read(descriptor, CHUNK)
        take(data)
        return len(data)

    def _drain(self, descriptor: int, take: Callable[[bytes], None]) -> None:
        left = DRAIN_CAP  # an escaped process might write for ever
        with contextlib.suppress(BlockingIOError):
            while left > 0 and (size := self._read(descriptor, take)):
                left -= size

    def _take_error(self, data: bytes) -> None:
        self.errors.feed(data)
        self._streams["stderr"].feed(data)

    def _take_post(self, data: bytes) -> None:
        for post in read_post(data):
            if post.status is not None:
                self.status, self._dead = post.status, True
            self.empty = post.empty if post.empty is not None else self.empty

    def _take_trace(self, data: bytes) -> None:
        self.trace.feed(data)
        if self.trace.total > TRACE_CAP:  # no dump is so long: somebody wants to keep us busy
            self._selector.unregister(self._pipes.trace)

    def _take_message(self, data: bytes) -> None:
        if self.last is not None or self.cause is not None:
            return
        try:
            for message, payload in self._reader.feed(data):
                if self._note(message, payload):
                    return  # nothing that follows the last word counts
        except ProtocolError as error:
            self.stop("protocol", str(error))
        if self._reader.too_large:
            self.stop("answer")

    def _note(self, message: Message, payload: bytes) -> bool:
        """Keep what a message says, and tell whether it is the last."""
        if not self._in_turn(message):
            raise ProtocolError(f"{type(message).__name__} out of turn")
        now = time.monotonic()
        match message:
            case Locked():
                self.locked = message
                self._accept_room(message)
            case Ready():
                self.ready, self.ids = message, payload
            case Inspected():
                self.inspected = message
                self._deadline = now + self._limits.time
                if not self._allow(message):
                    self.stop("mismatch")
            case Phase():
                self._spend(now)
                self.phase = message.name
            case BenchmarksDiffer() | Accelerated():
                self._said.add(type(message))
            case _:
                self.last, self.payload = message, payload
        self._hear(message)
        return self.last is not None

    def _in_turn(self, message: Message) -> bool:
        """Whether the worker's own code could have said this now; a model that writes on its channel mostly cannot."""
        if self.locked is None or self.phase == "start":
            return self._in_turn_at_start(message)
        turn = False
        match message:
            case Phase():
                turn = PHASES.index(message.name) > PHASES.index(self.phase)
            case BenchmarksDiffer():
                turn = self.phase == "benchmarks" and BenchmarksDiffer not in self._said
            case Accelerated():
                turn = self.phase != "answer" and Accelerated not in self._said
            case Refused():
                turn = self.phase == ("answer" if message.reason == "not_a_dataframe" else "load")
            case Failed():
                turn = self.phase == message.phase
            case Answer():
                turn = self.phase == "answer" and len(message.columns) == min(message.count, NAMES_CAP)
        return turn

    def _in_turn_at_start(self, message: Message) -> bool:
        """Before the pickle is touched."""
        if self.locked is None:
            return isinstance(message, Locked)
        if self.inspected is None:
            return isinstance(message, Inspected | Unusable if self.ready else Inspected | Ready | Unusable)
        return isinstance(message, Phase)

    def _spend(self, now: float) -> None:
        self.seconds[self.phase] = self.seconds.get(self.phase, 0.0) + now - self._since
        self._since = now

    def _check_limits(self) -> None:
        now = time.monotonic()
        if self.last is not None or self.cause is not None:
            return
        if now >= self._deadline:
            self.stop("timeout" if self.inspected else "startup")
        if sum(stream.total for stream in self._streams.values()) > self._limits.output:
            self.stop("output")
        if self.ready and (broken := self.consumption.look(now)):
            self._step(0.0)  # it may have told a later phase while we looked
            self.stop(*broken)

    def _accept_room(self, locked: Locked) -> None:
        reason = self._accept(locked)
        if reason:
            self.stop("unguarded", reason)

    def stop(self, cause: Cause, detail: str = "") -> None:
        """Wait no longer; the first cause counts."""
        if self.cause is None:
            self.cause, self.detail = cause, detail
