"""How long the attempts wait for each other, and that there is an end."""

from __future__ import annotations

import random

import pytest

from network.misbehaving import Waits
from predict.transport import Patience, TransferError
from predict.transport.patience import LONGEST_WAIT, persist
from predict.transport.terms import ATTEMPTS

RUNS = 2_000


def refuse(_: object) -> None:
    raise TransferError("no", transient=True)


def original() -> float:
    """The same for the original: each delay to a random power of the one before it, and nothing that bounds it."""
    delay, total = 1.5, 0.0
    for _ in range(ATTEMPTS):
        total += delay
        delay **= random.uniform(1, 1.5)  # noqa: S311  as it does
    return total


def test_ten_attempts_wait_a_minute_and_never_two(waits: Waits, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR")
    random.seed(0)
    ours = sorted(total(waits) for _ in range(RUNS))
    theirs = sorted(original() for _ in range(RUNS))
    most = sum(min(2**attempt, LONGEST_WAIT) for attempt in range(ATTEMPTS - 1))
    assert 50 < ours[RUNS // 2] < 60
    assert ours[-1] < most == 111
    assert theirs[RUNS * 99 // 100] > 600, (
        "what the original sleeps: over the model's ten minutes in 1 of 100 such runs"
    )
    assert theirs[-1] > 3600, "and for hours in its tail"


def total(waits: Waits) -> float:
    waits.seconds.clear()
    with pytest.raises(TransferError, match=r"no \(10 attempts in"):
        persist("http://server/", Patience(), refuse)
    assert len(waits.seconds) == ATTEMPTS - 1
    assert max(waits.seconds) <= LONGEST_WAIT
    return sum(waits.seconds)


def test_no_attempt_is_begun_that_could_not_end_in_time(waits: Waits) -> None:
    def ask_for_more(_: object) -> None:
        raise TransferError("busy", transient=True, wait=301)

    with pytest.raises(TransferError, match=r"busy \(1 attempt in"):
        persist("http://server/", Patience(300), ask_for_more)
    assert waits.seconds == []


def test_what_fails_for_good_is_not_tried_again(waits: Waits) -> None:
    def refuse_for_good(_: object) -> None:
        raise TransferError("no", status=403)

    with pytest.raises(TransferError, match=r"^no$"):
        persist("http://server/", Patience(), refuse_for_good)
    assert waits.seconds == []
