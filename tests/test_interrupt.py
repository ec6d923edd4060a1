"""Signals from outside: nothing of the model lives on, and the report says what happened."""

from __future__ import annotations

import json
import os
import re
import select
import signal  # noqa: TID251  a test sends real signals
import subprocess  # noqa: TID251  a test starts the program
import sys
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from conftest import dies, scratch_of

from predict.interrupt import Interrupted, Overdue, deadline, interruptible, shielded


def hearing(handler: signal.Handlers) -> list[str]:
    """Start a Python that hears, or ignores, what stops it: whoever runs the tests may ignore some signals."""
    code = f"import os, signal, sys; [signal.signal(number, {int(handler)}) for number in (1, 2, 15)]"
    return [sys.executable, "-c", f"{code}; os.execv(sys.executable, sys.argv[1:])", sys.executable]


@pytest.fixture
def waiting(live: Path, tmp_path: Path, pickled: Callable[[str], Path]) -> Iterator[subprocess.Popen[str]]:
    """The program, in the middle of a model that never ends."""
    words = ["--model", pickled("loops"), "--dataset", live, "--output_dir", tmp_path, "--report", tmp_path / "r.json"]
    program = [*hearing(signal.SIG_DFL), "-m", "predict", *map(str, words)]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Predicting on" in line:
                break
        yield process
        process.terminate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stopped_run_reports_and_leaves_nothing_behind(
    number: signal.Signals, waiting: subprocess.Popen[str], tmp_path: Path
) -> None:
    workers = psutil.Process(waiting.pid).children(recursive=True)
    scratch = scratch_of(workers[0])
    waiting.send_signal(number)
    assert waiting.wait(timeout=30) == 128 + number
    assert not any(worker.is_running() for worker in workers)
    assert not scratch.exists()
    report = json.loads((tmp_path / "r.json").read_text())
    assert (report["status"], report["reason"]) == ("Error", "interrupted")
    assert number.name in report["message"]
    assert not list(tmp_path.glob("*.csv"))


def test_a_worker_that_is_killed_from_outside_is_not_the_models_fault(
    waiting: subprocess.Popen[str], tmp_path: Path
) -> None:
    psutil.Process(waiting.pid).children(recursive=True)[-1].kill()
    assert waiting.wait(timeout=30) == 3
    assert json.loads((tmp_path / "r.json").read_text())["reason"] == "killed_from_outside"


@pytest.mark.skipif("sys.platform != 'linux'", reason="prctl is Linux's")
def test_a_worker_dies_with_its_supervisor(waiting: subprocess.Popen[str]) -> None:
    workers = psutil.Process(waiting.pid).children(recursive=True)
    waiting.kill()
    assert all(dies(worker.pid) for worker in workers)


def test_the_supervisor_is_small_while_the_model_runs(waiting: subprocess.Popen[str]) -> None:
    assert psutil.Process(waiting.pid).memory_info().rss < 80 * 1024**2


def test_a_signal_waits_for_what_must_not_be_cut_in_half() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    done = []
    with interruptible(), pytest.raises(Interrupted, match="SIGTERM"), shielded():  # noqa: PT012  the order is the test
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("whole")
    assert done


class Deaf:
    """Whatever is raised while it goes is swallowed by the interpreter."""

    def __init__(self, callback: Callable[[], None], *, weakly: bool) -> None:
        self._callback = None if weakly else callback
        if weakly:
            weakref.finalize(self, callback)

    def __del__(self) -> None:
        if self._callback:
            self._callback()


@pytest.mark.parametrize("weakly", [False, True])
def test_a_signal_in_a_finalizer_is_heard_after_it(*, weakly: bool) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with interruptible(), pytest.raises(Interrupted, match="SIGTERM"):  # noqa: PT012  it is heard in the second line
        Deaf(partial(signal.raise_signal, signal.SIGTERM), weakly=weakly)
        select.select([], [], [], 30)


@pytest.mark.parametrize("weakly", [False, True])
def test_a_deadline_in_a_finalizer_is_heard_after_it(*, weakly: bool) -> None:
    with deadline(30), pytest.raises(Overdue):  # noqa: PT012  it is heard in the second line
        Deaf(partial(signal.raise_signal, signal.SIGALRM), weakly=weakly)
        select.select([], [], [], 30)


def test_a_deadline_within_another_is_no_longer_and_leaves_it_running() -> None:
    with deadline(0.05), pytest.raises(Overdue):  # noqa: PT012  both are to end so
        with deadline(30), pytest.raises(Overdue):
            select.select([], [], [], 30)
        select.select([], [], [], 30)


def test_once_the_verdict_is_found_signals_are_ignored() -> None:
    with interruptible() as hold:
        hold()
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("line", ["Running", "Using local", "Loading model", "Predicting on", "Generated", "Saving"])
def test_a_signal_at_any_moment_ends_in_a_verdict_and_a_report(
    line: str, live: Path, tmp_path: Path, pickled: Callable[[str], Path]
) -> None:
    output_dir = tmp_path / "output"
    output_dir.mkdir()
    words = ["--model", pickled("good"), "--dataset", live, "--output_dir", output_dir]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    program = [*hearing(signal.SIG_DFL), "-m", "predict", *map(str, words)]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        while line not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
    report = json.loads(next(output_dir.glob("*.json")).read_text())
    assert (report["status"], report["exit_code"]) in {("Error", 143), ("Success", 0)}
    assert process.returncode == report["exit_code"]
    assert not list(tmp_path.glob("predict-*"))


def test_an_ignored_hangup_stays_ignored(live: Path, tmp_path: Path, pickled: Callable[[str], Path]) -> None:
    words = ["--model", pickled("good"), "--dataset", live, "--output_dir", tmp_path]
    program = [*hearing(signal.SIG_IGN), "-m", "predict", *map(str, words)]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert re.search("Running", process.stderr.readline())
        process.send_signal(signal.SIGHUP)
        process.stderr.read()
    assert process.returncode == 0
