"""Signals while a run talks to somebody: nothing half-done stays, nothing whole is lost, and the report says it."""

from __future__ import annotations

import hashlib
import json
import signal  # noqa: TID251  a test sends real signals
import subprocess  # noqa: TID251  a test starts the program
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from conftest import dies

from network import misbehaving as does
from network.misbehaving import Act, Server

DOWNLOADS: dict[str, tuple[str, Act]] = {
    "no answer": ("Downloading model", does.silent),
    "a dripping body": ("Downloading model", does.dripping),
    "between two attempts": ("trying again in", does.say(503, Retry_After="60")),
}
UPLOADS: dict[str, tuple[str, Act]] = {
    "no answer": ("Uploading predictions", does.silent),
    "between two attempts": ("trying again in", does.say(503, Retry_After="60")),
}
HEARING = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM):  # whoever runs the tests may ignore them
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.executable, sys.argv[1:])
"""


@dataclass(frozen=True)
class Ended:
    """How the program ended, and what it reported."""

    code: int
    report: dict[str, object]
    log: str


Stop = Callable[..., Ended]


@pytest.fixture
def stop(live: Path, output_dir: Path) -> Stop:
    """Run the program until it logs a line, and send it a signal; none of its processes is left."""

    def run(line: str, *words: object, number: int = signal.SIGTERM) -> Ended:
        more = ["--dataset", live, "--output_dir", output_dir]
        program = [sys.executable, "-c", HEARING, sys.executable, "-m", "predict", *map(str, [*words, *more])]
        with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            while line not in process.stderr.readline():
                assert process.poll() is None
            children = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
            process.send_signal(number)
            log = process.stderr.read()
            code = process.wait(timeout=30)
        assert all(dies(child) for child in children)
        return Ended(code, json.loads(next(output_dir.glob("*.json")).read_text()), log)

    return run


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("moment", DOWNLOADS)
def test_a_stopped_download_leaves_nothing(
    moment: str, number: signal.Signals, server: Server, output_dir: Path, stop: Stop
) -> None:
    line, act = DOWNLOADS[moment]
    server.will(act)
    ended = stop(line, "--model", f"{server.url}/model.pkl", number=number)
    assert (ended.code, ended.report["reason"]) == (128 + number, "interrupted"), ended.log
    assert [path.suffix for path in output_dir.iterdir()] == [".json"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("moment", UPLOADS)
def test_a_stopped_upload_leaves_the_predictions(
    moment: str, number: signal.Signals, server: Server, good: Path, stop: Stop
) -> None:
    line, act = UPLOADS[moment]
    server.will(act)
    ended = stop(line, "--model", good, "--put_url", f"{server.url}/put", number=number)
    assert (ended.code, ended.report["reason"]) == (128 + number, "interrupted"), ended.log
    predictions = ended.report["predictions"]
    assert isinstance(predictions, dict)
    assert hashlib.sha256(Path(predictions["file"]).read_bytes()).hexdigest() == predictions["sha256"]


@pytest.fixture
def good(pickled: Callable[[str], Path]) -> Path:
    return pickled("good")


def test_a_report_on_its_way_is_given_up_and_the_verdict_stays(server: Server, good: Path, stop: Stop) -> None:
    server.will(does.silent)
    ended = stop("Uploading the report", "--model", good, "--report_url", server.url)
    assert (ended.code, ended.report["status"]) == (0, "Success")


def test_who_is_told_to_stop_does_not_wait_for_those_who_listen(
    server: Server, pickled: Callable[[str], Path], stop: Stop
) -> None:
    server.will(does.silent)
    urls = ("--report_url", server.url, "--status_url", server.url)
    ended = stop("Predicting on", "--model", pickled("loops"), *urls)
    assert (ended.code, ended.report["reason"]) == (143, "interrupted")
