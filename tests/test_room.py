"""The locked room from outside: who dies with whom, what is left, what is shown, what is refused."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal  # noqa: TID251  a test sends real signals
import subprocess  # noqa: TID251  a test starts the program
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from conftest import Run, assert_verdict, dies, scratch_of

from predict.job import Limits
from predict.sandbox import promises
from predict.sandbox.limits import capabilities, landlock, own_uid, seccomp
from predict.sandbox.limits.plan import Plan

LINUX = pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux can")
LANDLOCKED = pytest.mark.skipif(landlock.why_not(Plan(0, 0, 0, 0)) is not None, reason="this kernel has no Landlock")
CANARY = "SECRETCANARY"
MODEL = "model stdout: "


class Program:
    """The program in the middle of a model that never ends; reads its log as it comes."""

    def __init__(self, words: list[str], *, wrapped: bool = False) -> None:
        program = [sys.executable, "-m", "predict", *words]
        start = ["sh", "-c", '"$@"; true', "sh", *program] if wrapped else program
        environment = os.environ | ({"PREDICT_POST_DATA": f"key={CANARY}"} if "--post_url" in words else {})
        self.process = subprocess.Popen(start, stderr=subprocess.PIPE, text=True, env=environment)
        self.log: list[str] = []

    def until(self, text: str) -> str:
        """Read the log until a line has the text; return what follows it."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            if text in line:
                return line.partition(text)[2].strip()
        pytest.fail("".join(self.log))

    def rest(self) -> str:
        """The whole log."""
        assert self.process.stderr is not None
        return "".join([*self.log, *self.process.stderr])


@pytest.fixture
def start(live: Path, tmp_path: Path, pickled: Callable[[str], Path]) -> Iterator[Callable[..., Program]]:
    started: list[Program] = []

    def start_program(model: str, *more: str, wrapped: bool = False) -> Program:
        words = ["--model", pickled(model), "--dataset", live, "--output_dir", tmp_path, "--report", tmp_path / "r"]
        started.append(Program([*map(str, words), *more], wrapped=wrapped))
        return started[-1]

    yield start_program
    for program in started:
        program.process.terminate()
        program.process.wait()
        assert program.process.stderr is not None
        program.process.stderr.close()


def test_no_daemon_outlives_the_verdict(
    pickled: Callable[[str], Path], run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        assert_verdict(run(pickled("good_leaves_a_daemon")), "Success", None)
    (pid,) = re.findall(r"daemon (\d+)", caplog.text)
    assert not psutil.pid_exists(int(pid))


@LINUX
@pytest.mark.parametrize("victim", ["supervisor", "keeper"])
def test_who_is_killed_takes_the_model_along(victim: str, start: Callable[..., Program]) -> None:
    program = start("daemon_then_waits")
    daemon = int(program.until(f"{MODEL}daemon "))
    (keeper,) = psutil.Process(program.process.pid).children()
    (worker,) = keeper.children()
    scratch = scratch_of(keeper)
    os.kill(program.process.pid if victim == "supervisor" else keeper.pid, signal.SIGKILL)
    assert dies(keeper.pid)
    assert dies(worker.pid)
    assert dies(daemon)
    assert dies(program.process.pid)
    assert not scratch.exists()


@LINUX
def test_without_its_keeper_a_run_is_not_the_models_fault(start: Callable[..., Program], tmp_path: Path) -> None:
    program = start("daemon_then_waits")
    program.until(f"{MODEL}daemon ")
    (keeper,) = psutil.Process(program.process.pid).children()
    keeper.kill()
    assert program.process.wait(timeout=60) == 3
    report = json.loads((tmp_path / "r").read_text())
    assert (report["reason"], "keeper" in report["message"]) == ("killed_from_outside", True)


@LINUX
@pytest.mark.parametrize("secret", ["--post_url", "--post_data"])
def test_secrets_are_not_shown_while_a_model_runs(secret: str, start: Callable[..., Program]) -> None:
    url = ["--post_url", f"http://localhost/?{CANARY}"]
    program = start("loops", *url, *(["--post_data", f"a={CANARY}"] if secret == "--post_data" else []))
    program.until("Predicting on")
    pid = program.process.pid
    shown = Path(f"/proc/{pid}/cmdline").read_bytes()
    assert b"--post_url" in shown
    assert CANARY.encode() not in shown
    with contextlib.suppress(PermissionError):  # closed to all but root with its privileges
        assert CANARY.encode() not in Path(f"/proc/{pid}/environ").read_bytes()
    program.process.terminate()
    assert CANARY not in program.rest()


@LINUX
def test_a_wrapper_that_still_shows_a_secret_is_named(start: Callable[..., Program]) -> None:
    words = ("--post_url", f"http://127.0.0.1:9/?{CANARY}", "--transfer_timeout", "0.2")  # nobody listens there
    program = start("good", *words, wrapped=True)
    program.process.wait()
    log = program.rest()
    assert f"WARNING:root:Process {program.process.pid}, which is not ours, still shows a secret" in log
    assert CANARY not in log


@pytest.fixture
def words(live: Path, tmp_path: Path, pickled: Callable[[str], Path]) -> list[str]:
    """What to type to run a good model."""
    flags = ["--model", pickled("good"), "--dataset", live, "--output_dir", tmp_path, "--report", tmp_path / "r"]
    return list(map(str, flags))


WITHOUT_LANDLOCK = f"""
import errno, os, sys
from predict.sandbox.limits import kernel, seccomp, syscalls
from predict.sandbox.limits.plan import Plan
kernel.prctl(38, 1)
syscalls.NUMBERS[os.uname().machine]["landlock_create_ruleset"] = {landlock.CREATE_RULESET}
seccomp.RULES = (seccomp.Rule("landlock_create_ruleset", errno.ENOSYS),)
seccomp.OF_OTHER_FILES = ()
seccomp.apply(Plan(0, 0, 0, 0, uid=0))
os.execv(sys.executable, [sys.executable, "-m", "predict", *sys.argv[1:]])
"""


@LANDLOCKED
@pytest.mark.parametrize(
    ("guards", "status", "reason"), [("strict", "Error", "guard_unavailable"), ("auto", "Success", None)]
)
def test_a_kernel_without_landlock_is_told_loudly(
    guards: str, status: str, reason: str | None, words: list[str], tmp_path: Path
) -> None:
    program = [sys.executable, "-c", WITHOUT_LANDLOCK, *words, "--guards", guards]
    ended = subprocess.run(program, capture_output=True, text=True, check=False)
    report = json.loads((tmp_path / "r").read_text())
    assert (report["status"], report["reason"]) == (status, reason), ended.stderr
    assert "file_system (landlock: this kernel has none" in ended.stderr
    assert [limit["name"] for limit in report["limits"] if limit["enforced_by"] is None] == ["file_system"]


@LINUX
def test_strict_guards_succeed_where_everything_holds(pickled: Callable[[str], Path], run: Run) -> None:
    if landlock.why_not(Plan(0, 0, 0, 0)) or seccomp.why_not():
        pytest.skip("this kernel lacks a guard")
    report = run(pickled("good"), guards="strict")
    assert_verdict(report, "Success", None)
    assert all(limit.enforced_by for limit in report.limits)
    assert report.warnings == []


def test_guards_that_are_off_are_told_loudly(pickled: Callable[[str], Path], run: Run) -> None:
    report = run(pickled("good"), guards="off")
    assert_verdict(report, "Success", None)
    assert "guards are off" in report.warnings[0]
    open_ = {limit.name for limit in report.limits if limit.enforced_by is None}
    assert {"network", "file_system", "supervisor", "cpus"} <= open_


@LINUX
@pytest.mark.parametrize("cpus", [1, 2])
def test_a_model_sees_the_cpus_that_it_has(cpus: int, pickled: Callable[[str], Path], run: Run) -> None:
    available = min(cpus, len(os.sched_getaffinity(0)))
    assert_verdict(run(pickled("good_counts_cpus"), limits=Limits(cpus=available)), "Success", None)


def test_other_systems_have_a_watch_and_say_what_they_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    told = promises.lacking(Limits(), promises.with_ours({"seccomp": "not Linux", "rlimits": None}))
    assert told == [
        "cpus",
        "network (seccomp: not Linux)",
        "processes",
        "file_system",
        "supervisor (seccomp: not Linux)",
    ]


@LINUX
@pytest.mark.parametrize(
    ("mapped", "pool"), [("0 0 4294967295", own_uid.UNUSED), ("0 100000 65536", range(35536, 65536))]
)
def test_an_own_uid_belongs_to_nobody(mapped: str, pool: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_uid, "_mapped", lambda: [tuple(map(int, mapped.split()))])
    assert own_uid.choose() in pool


@LINUX
def test_a_single_mapped_user_has_none_to_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_uid, "_mapped", lambda: [(0, 1000, 1)])
    monkeypatch.setattr(capabilities, "missing", list)
    assert "mapped" in (own_uid.why_not(Plan(0, 0, 0, 0)) or "") or "groups" in (
        own_uid.why_not(Plan(0, 0, 0, 0)) or ""
    )


@pytest.mark.parametrize(("abi", "size"), [(1, 8), (2, 8), (3, 8), (4, 16), (5, 16), (6, 24), (7, 24), (9, 24)])
def test_a_ruleset_fits_the_kernels_version(abi: int, size: int) -> None:
    assert len(landlock.ruleset(abi)) == size
    (rights,) = (int.from_bytes(landlock.ruleset(abi)[:8], sys.byteorder),)
    assert (rights & landlock.TRUNCATE != 0) == (abi >= 3)
    assert (rights & landlock.RESOLVE_UNIX != 0) == (abi >= 9)
