from __future__ import annotations

import json
import socket
import subprocess  # noqa: TID251  a test starts the program
import sys
from pathlib import Path

import pytest

from predict import doctor
from predict.doctor import COMPILE, main

PROGRAM = [sys.executable, "-m", "predict", "doctor"]


def test_it_tells_each_promise_and_each_mechanism() -> None:
    ended = subprocess.run(PROGRAM, capture_output=True, text=True, check=False)
    for word in ("time", "memory", "network", "seccomp", "landlock", "own uid", "keeper", "pandas"):
        assert word in ended.stdout
    assert ended.returncode == ("OPEN" in ended.stdout), ended.stderr


@pytest.mark.parametrize(("own_uid", "mode", "told"), [(True, 0o660, False), (True, 0o666, True), (False, 0o660, True)])
def test_a_socket_that_models_could_use_is_named(
    own_uid: bool, mode: int, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as daemon:
        daemon.bind("d.sock")
        Path("d.sock").chmod(mode)
        monkeypatch.setattr(doctor, "SOCKETS", ["missing.sock", "d.sock"])
        warnings = list(doctor.reachable_sockets(own_uid=own_uid))
    assert len(warnings) == told


def test_a_socket_that_nobody_can_look_at_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)  # root looks into it all the same, but not at a name that is too long
    monkeypatch.setattr(doctor, "SOCKETS", [str(closed / "d.sock"), "d" * 300])
    assert not list(doctor.reachable_sockets(own_uid=False))


def test_what_accelerates_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "predict.sandbox.worker.accelerate.forest", None)
    told = doctor.acceleration()
    assert told.ways == []
    assert told.why_not


def test_machines_read_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--json"])
    told = json.loads(capsys.readouterr().out)
    assert {limit["name"] for limit in told["limits"]} >= {"network", "file_system", "supervisor"}
    assert code == any(limit["enforced_by"] is None for limit in told["limits"])
    assert all(why_not is None or why_not for why_not in told["guards"].values())
    accelerated = COMPILE.parents[1].joinpath("libforest.so").exists()
    assert bool(told["acceleration"]["ways"]) == (told["acceleration"]["why_not"] is None) == accelerated
