"""Signals while a run talks to somebody: nothing half-done stays, nothing whole is lost, the report says what happened."""

from __future__ import annotations

import json
import os
import signal  # noqa: TID251  a test sends real signals
import subprocess  # noqa: TID251  a test starts the program
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from conftest import dies

from network import misbehaving as does
from network.misbehaving import Act, Server

Pickled = Callable[[str], Path]
Ended = tuple[int, dict[str, object]]
MOMENTS: dict[str, tuple[str, list[Act]]] = {
    "no answer": ("Downloading model", [does.silent]),
    "a dripping body": ("Downloading model", [does.dripping]),
    "between two attempts": ("trying again in", [does.say(503, Retry_After="60")]),
    "an upload": ("Uploading predictions", [does.silent]),
    "an upload that is tried again": ("trying again in", [does.say(503, Retry_After="60")]),
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_stopped_transfer_leaves_what_was_whole(
    moment: str, number: signal.Signals, server: Server, live: Path, output_dir: Path, pickled: Pickled
) -> None:
    line, acts = MOMENTS[moment]
    server.will(*acts)
    uploads = "upload" in moment
    words = ["--model", str(pickled("good")) if uploads else f"{server.url}/model.pkl"]
    words += ["--put_url", f"{server.url}/put"] if uploads else []
    code, report = stopped(line, number, [*words, "--dataset", str(live), "--output_dir", str(output_dir)], output_dir)
    assert code == 128 + number
    assert (report["status"], report["reason"]) == ("Error", "interrupted")
    assert len(list(output_dir.glob("*.csv"))) == uploads
    assert not list(output_dir.glob(".*"))
    assert (report["predictions"] is not None) == uploads


def stopped(line: str, number: signal.Signals, words: list[str], output_dir: Path) -> tuple[int, dict[str, object]]:
    """Run the program until it logs a line, and send it a signal; none of its processes is left."""
    heard = "import os, signal, sys; [signal.signal(n, signal.SIG_DFL) for n in (2, 15)]; os.execv(sys.executable, sys.argv[1:])"
    program = [sys.executable, "-c", heard, sys.executable, "-m", "predict", *words]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stderr is not None
        while line not in process.stderr.readline():
            assert process.poll() is None
        children = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(number)
        process.stderr.read()
        code = process.wait(timeout=30)
    assert all(dies(child) for child in children)
    return code, json.loads(next(output_dir.glob("*.json")).read_text())


def test_a_report_on_its_way_is_given_up_and_the_verdict_stays(
    server: Server, live: Path, output_dir: Path, pickled: Pickled
) -> None:
    server.will(does.silent)
    words = ["--model", str(pickled("good")), "--report_url", server.url, "--dataset", str(live)]
    code, report = stopped("Uploading the report", signal.SIGTERM, [*words, "--output_dir", str(output_dir)], output_dir)
    assert (code, report["status"]) == (0, "Success")


def test_who_is_told_to_stop_does_not_wait_for_those_who_listen(
    server: Server, live: Path, output_dir: Path, pickled: Pickled
) -> None:
    server.will(does.silent)
    words = ["--model", str(pickled("loops")), "--report_url", server.url, "--status_url", server.url, "--dataset", str(live)]
    code, report = stopped("Predicting on", signal.SIGTERM, [*words, "--output_dir", str(output_dir)], output_dir)
    assert (code, report["reason"]) == (143, "interrupted")
