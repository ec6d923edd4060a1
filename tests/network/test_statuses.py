"""Whoever waits at a URL for a run's statuses, and cannot hold it up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Run, assert_verdict

from network import misbehaving as does
from network.misbehaving import Server, serving
from predict import account, statuses
from predict.transport import Patience

Pickled = Callable[[str], Path]


@pytest.fixture
def status_url() -> Iterator[Server]:
    with serving() as found:
        yield found


def test_each_status_is_told_in_its_order(status_url: Server, run: Run, pickled: Pickled) -> None:
    status_url.will(does.say(204))
    report = run(pickled("raises"), status_url=f"{status_url.url}/s?token=SECRETCANARY")
    told = [json.loads(asked.body) for asked in status_url.asked]
    assert [(one["sequence"], one["status"]) for one in told] == [(1, "Pending"), (2, "Running"), (3, "Failed")]
    assert (told[-1]["reason"], told[-1]["message"]) == (report.reason, report.message)
    assert (told[-1]["hint"], told[-1]["timings"]) == (report.hint, report.timings)
    assert {asked.headers["Content-Type"] for asked in status_url.asked} == {"application/json"}


def test_validating_is_a_status_too(status_url: Server, run: Run, pickled: Pickled) -> None:
    status_url.will(does.say(200))
    run(pickled("good"), status_url=status_url.url)
    told = [json.loads(asked.body)["status"] for asked in status_url.asked]
    assert told == ["Pending", "Running", "Validating", "Success"]


@pytest.mark.parametrize(
    "act", [does.silent, does.dripping_header, does.say(500), does.reset, does.say(302, Location="/")]
)
def test_whoever_does_not_listen_changes_nothing(
    act: does.Act, status_url: Server, run: Run, pickled: Pickled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "STATUS_TIME", 0.2)
    monkeypatch.setattr(statuses, "PATIENCE", Patience(0.4, attempts=2))
    status_url.will(act)
    report = run(pickled("good"), status_url=status_url.url)
    assert_verdict(report, "Success", None)
    assert report.warnings == []


def test_one_that_is_never_done_does_not_hold_up_the_next(status_url: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statuses, "PATIENCE", Patience(0.2, attempts=1))
    status_url.will(does.dripping_header, does.say(200))
    told = statuses.Statuses(status_url.url)
    told.post({"status": "Running"})
    told.post({"status": "Success"})
    told.close(30)
    assert json.loads(status_url.asked[-1].body) == {"sequence": 2, "status": "Success"}


def test_the_last_status_comes_before_those_that_wait(status_url: Server) -> None:
    status_url.will(does.silent, does.say(200))
    told = statuses.Statuses(status_url.url)
    for name in ("Pending", "Running", "Validating", "Success"):
        told.post({"status": name})
    told.close(0.1)
    assert {"sequence": 4, "status": "Success"} in [*told._waiting, *(json.loads(a.body) for a in status_url.asked)]  # noqa: SLF001  what is left
