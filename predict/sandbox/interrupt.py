"""Signals that stop the supervisor, as an exception: every `with` on the way out does its duty."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Stopped from outside by a signal; not an Exception, so that no handler of errors swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Raise `Interrupted` at the first stopping signal and ignore those that follow.

    Yields a function that makes all of them ignored: what remains is to tell the verdict. What was ignored
    before, as nohup does, stays so.
    """
    if threading.current_thread() is not threading.main_thread():  # Python gives handlers to the main thread only
        yield lambda: None
        return
    before = {number: signal.getsignal(number) for number in STOPPING}
    heard = [number for number, handler in before.items() if handler is not signal.SIG_IGN]

    def hold() -> None:
        for number in heard:
            signal.signal(number, signal.SIG_IGN)

    def interrupt(number: int, _frame: FrameType | None) -> None:
        hold()
        raise Interrupted(number)

    for number in heard:
        signal.signal(number, interrupt)
    try:
        yield hold
    finally:
        for number in heard:
            signal.signal(number, before[number])
