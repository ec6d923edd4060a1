"""Whether LightGBM's work may be done by other code: the flag, the report, and a runner that loses that code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess  # noqa: TID251  a test starts the program
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, assert_verdict, check_report

import predict
from predict.report import Acceleration
from predict.sandbox import available

Pickled = Callable[[str], Path]
Program = Callable[..., "Ended"]

NOTHING = {"boosters": 0, "trees": 0, "rows": 0, "declined": {}}
SERVING = """
import sys
before = "lightgbm" in sys.modules
class Served:
    def facts(self):
        return {{"boosters": 3, "trees": 2_000, "rows": 13_400, "declined": {}}}
def switch_on(cpus):
    print("switched on with", cpus, "CPUs, LightGBM imported:", before)
    return Served()
"""
LINEAR = '{"linear trees": 1}'


class Ended:
    """A run of a copy of the program."""

    def __init__(self, log: str, report: dict[str, Any]) -> None:
        check_report(report)
        self.log = log
        self.acceleration = report["acceleration"]
        self.verdict = (report["status"], report["reason"])


@pytest.fixture
def program(live: Path, tmp_path: Path, pickled: Pickled) -> Iterator[Program]:
    """The program with other code in place of what accelerates; None: with none."""
    with tempfile.TemporaryDirectory() as folder:  # where the model's process may read, whose user is another
        Path(folder).chmod(0o755)
        copy = Path(folder, "predict")
        shutil.copytree(Path(predict.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))

        def run_program(code: str | None, model: str = "good", *more: str) -> Ended:
            shutil.rmtree(copy / "sandbox" / "worker" / "accelerate")
            if code is not None:
                package = copy / "sandbox" / "worker" / "accelerate"
                package.mkdir()
                (package / "__init__.py").write_text(code)
            words = ["--model", pickled(model), "--dataset", live, "--output_dir", tmp_path, "--report", tmp_path / "r"]
            start = [sys.executable, "-m", "predict", *map(str, words), *more]
            environment = os.environ | {"PYTHONPATH": folder}
            ended = subprocess.run(start, cwd=folder, env=environment, capture_output=True, text=True, check=False)
            return Ended(ended.stderr, json.loads((tmp_path / "r").read_text()))

        yield run_program


def test_what_was_served_is_told(program: Program) -> None:
    ended = program(SERVING.format(LINEAR), "good", "--cpus", "2")
    assert ended.verdict == ("Success", None)
    assert ended.acceleration == {
        "mode": "auto",
        "boosters": 3,
        "trees": 2_000,
        "rows": 13_400,
        "declined": {"linear trees": 1},
    }
    assert "INFO:root:Accelerated 3 LightGBM boosters (2,000 trees): 13,400 rows\n" in ended.log
    assert f"switched on with {available(2).count} CPUs, LightGBM imported: False\n" in ended.log
    assert "linear trees" not in ended.log


def test_what_was_declined_is_told_to_who_debugs(program: Program) -> None:
    assert (
        "DEBUG:root:Left to LightGBM, 1 times: linear trees\n" in program(SERVING.format(LINEAR), "good", "--debug").log
    )


@pytest.mark.parametrize("model", ["raises", "raises_at_load", "returns_none", "sys_exit"])
def test_what_was_served_is_told_of_a_model_that_fails(model: str, program: Program) -> None:
    ended = program(SERVING.format(LINEAR), model)
    assert ended.verdict[0] == "Failed"
    assert ended.verdict[1] != "bad_answer"
    assert ended.acceleration["boosters"] == 3


def test_who_crashes_tells_nothing(program: Program) -> None:
    ended = program(SERVING.format(LINEAR), "segfaults")
    assert (ended.verdict, ended.acceleration) == (("Failed", "crashed"), None)


def test_what_is_off_is_not_even_imported(program: Program) -> None:
    ended = program("print('imported')", "good", "--accelerate", "off")
    assert ended.verdict == ("Success", None)
    assert ended.acceleration == {"mode": "off", **NOTHING}
    assert "imported" not in ended.log


BROKEN = {
    "removed": (None, "not available: No module named"),
    "empty": ("", "not available: cannot import name 'switch_on'"),
    "no Python": ("switch on!", "not available: invalid syntax"),
    "does not start": (
        "def switch_on(cpus):\n    raise OSError('libforest.so: not of this machine')",
        "not of this machine",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_runner_that_loses_it_runs_on(kind: str, program: Program) -> None:
    code, why = BROKEN[kind]
    ended = program(code)
    assert ended.verdict == ("Success", None)
    ((reason, count),) = ended.acceleration.pop("declined").items()
    assert why in reason
    assert (count, ended.acceleration) == (1, {"mode": "auto", "boosters": 0, "trees": 0, "rows": 0})


def test_facts_that_cannot_be_told_leave_the_verdict_alone(program: Program) -> None:
    ended = program(SERVING.format("1 / 0"))
    assert (ended.verdict, ended.acceleration) == (("Success", None), None)


def test_reasons_are_few_short_and_printable(program: Program) -> None:
    ended = program(
        SERVING.format("{f'{number:03}\\x1b[2J' + 'x' * 5_000: number for number in range(99)}"), "good", "--debug"
    )
    assert ended.verdict == ("Success", None)
    assert list(ended.acceleration["declined"].values()) == list(range(20))
    assert all(reason[3:].startswith("\\x1b[2Jxxx") for reason in ended.acceleration["declined"])
    assert max(map(len, ended.acceleration["declined"])) < 200
    assert "\x1b" not in ended.log


def test_a_model_without_boosters_has_none_served(pickled: Pickled, run: Run) -> None:
    report = run(pickled("good"))
    assert_verdict(report, "Success", None)
    assert report.acceleration == Acceleration("auto", 0, 0, 0, {})


def test_what_a_model_forges_is_not_told_where_nothing_can_be(pickled: Pickled, run: Run) -> None:
    report = run(pickled("forges_acceleration"), accelerate="off")
    assert_verdict(report, "Success", None)
    assert report.acceleration == Acceleration("off", 0, 0, 0, {})
