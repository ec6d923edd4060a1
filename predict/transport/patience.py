"""How often and how long something is tried.

What fails for a moment is tried again after a random while (full jitter: AWS Architecture Blog, "Exponential Backoff
And Jitter", 2015); a "no" of the server is not.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_random_exponential

from predict.interrupt import Overdue, deadline
from predict.redaction import redacted

from .terms import Patience, TransferError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

CONNECT, READ = 10.0, 30.0  # seconds, at most, for a connection and for the next byte
LONGEST_WAIT = 20.0  # seconds, unless the server asks for more
sleep = time.sleep


class Clock:
    """What is left of a transfer's time."""

    def __init__(self, patience: Patience) -> None:
        self._end = time.monotonic() + patience.seconds
        self.attempt = 0

    def timeouts(self) -> tuple[float, float]:
        """Seconds for a connection and for the next byte."""
        left = max(0.01, self._end - time.monotonic())
        return min(CONNECT, left), min(READ, left)


def persist(url: str, patience: Patience, once: Callable[[Clock], Result]) -> Result:
    """Call `once`, which asks a URL, until it succeeds, fails for good, or patience ends.

    Raises:
        TransferError: with the number of attempts and the seconds that they took.
    """
    clock, start = Clock(patience), time.monotonic()
    try:
        with deadline(patience.seconds):
            result: Result = _retrying(patience)(_counted, once, clock)
            return result
    except TransferError as error:
        if not error.transient:
            raise
        took = time.monotonic() - start
        raise TransferError(f"{error} ({_attempts(clock.attempt)} in {took:.0f} s)", status=error.status) from None
    except Overdue:
        what = f"{redacted(url)} did not come to an end within {patience.seconds:g} s ({_attempts(clock.attempt)})"
        raise TransferError(what) from None


def _retrying(patience: Patience) -> Retrying:
    return Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, TransferError) and error.transient),
        wait=_wait,
        stop=stop_after_attempt(patience.attempts) | stop_before_delay(patience.seconds),
        before_sleep=_tell,
        sleep=lambda seconds: sleep(seconds),  # noqa: PLW0108  it is looked up late, for tests put another in its place
        reraise=True,
    )


def _counted(once: Callable[[Clock], Result], clock: Clock) -> Result:
    clock.attempt += 1
    return once(clock)


_jitter = wait_random_exponential(multiplier=1, max=LONGEST_WAIT)


def _wait(state: RetryCallState) -> float:
    """Anything between nothing and 1, 2, 4 … 20 seconds; longer only where the server asks for it."""
    error = state.outcome.exception() if state.outcome else None
    return max(_jitter(state), error.wait if isinstance(error, TransferError) else 0.0)


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    logger.warning("%s; trying again in %.1f s", error, state.upcoming_sleep)


def _attempts(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count} attempts"
