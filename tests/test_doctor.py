from __future__ import annotations

import json
import subprocess  # noqa: TID251  a test starts the program
import sys

import pytest

from predict.doctor import main

PROGRAM = [sys.executable, "-m", "predict", "doctor"]


def test_it_tells_each_promise_and_each_mechanism() -> None:
    ended = subprocess.run(PROGRAM, capture_output=True, text=True, check=False)
    for word in ("time", "memory", "network", "seccomp", "landlock", "own uid", "keeper", "pandas"):
        assert word in ended.stdout
    assert ended.returncode == ("OPEN" in ended.stdout), ended.stderr


def test_machines_read_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--json"])
    told = json.loads(capsys.readouterr().out)
    assert {limit["name"] for limit in told["limits"]} >= {"network", "file_system", "supervisor"}
    assert code == any(limit["enforced_by"] is None for limit in told["limits"])
    assert all(why_not is None or why_not for why_not in told["guards"].values())
