"""Signals that stop the supervisor, and its own deadlines, as exceptions: every `with` on the way out does its duty."""

from __future__ import annotations

import _thread
import os
import signal
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

SOON, SOONEST = 1e-2, 1e-3  # seconds; a timer of 0 never rings
WEAK = {weakref.finalize.__call__.__code__.co_filename, weakref.WeakSet.add.__code__.co_filename}
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


def _is_deaf(frame: FrameType | None) -> bool:
    """Whether the interpreter swallows what is raised here: in finalizers, and in what weak references call."""
    while frame is not None:
        if frame.f_code.co_name == "__del__" or frame.f_code.co_filename in WEAK:
            return True
        frame = frame.f_back
    return False


def _send_again(number: int) -> None:
    time.sleep(SOON)
    os.kill(os.getpid(), number)


def told_to_stop() -> bool:
    """Whether a signal has come since the outermost `interruptible` began."""
    return _Shield.told


def _handlers() -> dict[signal.Signals, Any]:
    """Those of now; in the outermost `interruptible`, nobody has been told to stop yet."""
    found = {number: signal.getsignal(number) for number in (*STOPPING, signal.SIGCHLD)}
    if _note not in found.values():
        _Shield.told = False
    return found


def _set(handlers: Mapping[signal.Signals, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


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
        _set(dict.fromkeys(heard, _note))  # to ignore it would go on in a child that is just being born

    def interrupt(number: int, frame: FrameType | None) -> None:
        if _is_deaf(frame):
            _thread.start_new_thread(_send_again, (number,))
            return
        hold()
        _Shield.told = True
        if _Shield.depth:
            _Shield.waiting = number
            return
        raise Interrupted(number)

    _set({signal.SIGCHLD: signal.SIG_DFL, **dict.fromkeys(heard, interrupt)})
    try:
        yield hold
    finally:
        _Shield.waiting = None
        _set(before)


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

    def ring(_number: int, frame: FrameType | None) -> None:
        if armed and _is_deaf(frame):
            signal.setitimer(signal.ITIMER_REAL, SOON)
        elif armed:  # a signal may have come, and be handled, while the body was left
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
