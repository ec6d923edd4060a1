"""Signals that stop the supervisor, and its own deadlines, as exceptions: every `with` on the way out does its duty."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SOONEST = 1e-3  # seconds; a timer of 0 never rings
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Interrupted(BaseException):
    """Stopped from outside by a signal; not an Exception, so that no handler of errors swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class _Shield:
    """Handlers belong to the process, and so does what they must wait for."""

    depth = 0
    waiting: int | None = None
    told = False
    """Whether a signal has come."""


@contextmanager
def shielded() -> Iterator[None]:
    """Let stopping signals wait: a child just born or just reaped must not be forgotten half-way."""
    _Shield.depth += 1
    try:
        yield
    finally:
        _Shield.depth -= 1
    if _Shield.depth == 0 and _Shield.waiting is not None:
        number, _Shield.waiting = _Shield.waiting, None
        raise Interrupted(number)


def _note(_number: int, _frame: FrameType | None) -> None:
    """Hear a signal that changes nothing any more, but that whoever takes long should know of."""
    _Shield.told = True


def told_to_stop() -> bool:
    """Whether a signal has come since the outermost `interruptible` began."""
    return _Shield.told


def _handlers() -> dict[signal.Signals, Any]:
    """Those of now; in the outermost `interruptible`, nobody has been told to stop yet."""
    found = {number: signal.getsignal(number) for number in (*STOPPING, signal.SIGCHLD)}
    if _note not in found.values():
        _Shield.told = False
    return found


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Raise `Interrupted` at the first stopping signal and ignore those that follow.

    Yields a function that makes all of them ignored: what remains is to tell the verdict. What was ignored
    before, as nohup does, stays so; but not SIGCHLD, without which nobody learns how a child ended.
    """
    if threading.current_thread() is not threading.main_thread():  # Python gives handlers to the main thread only
        yield lambda: None
        return
    before = _handlers()
    heard = [number for number in STOPPING if before[number] is not signal.SIG_IGN]

    def hold() -> None:
        for number in heard:
            signal.signal(number, _note)  # to ignore it would go on in a child that is just being born

    def interrupt(number: int, _frame: FrameType | None) -> None:
        hold()
        _Shield.told = True
        if _Shield.depth:
            _Shield.waiting = number
            return
        raise Interrupted(number)

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in heard:
        signal.signal(number, interrupt)
    try:
        yield hold
    finally:
        _Shield.waiting = None
        for number, handler in before.items():
            signal.signal(number, handler)


class Overdue(BaseException):
    """A deadline of ours has passed; not an Exception, so that no library takes it for a fault of its own."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `Overdue` in the body after that many seconds, whatever it waits for: a header byte, a name, a lock.

    One within another is no longer than what is left of that. Only in the main thread, where Python runs handlers;
    elsewhere nothing is raised.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    armed = True

    def ring(_number: int, _frame: FrameType | None) -> None:
        if armed:  # a signal may have come, and be handled, while the body was left
            raise Overdue

    before, start = signal.signal(signal.SIGALRM, ring), time.monotonic()
    outer, _ = signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, max(min(seconds, outer or seconds), SOONEST))
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(outer - (time.monotonic() - start), SOONEST))
