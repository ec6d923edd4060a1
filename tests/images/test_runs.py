"""Whole runs, as people and machines type them."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess  # noqa: TID251  a test starts Docker
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from images.conftest import Author, DockerRun, open_folder
from images.docker import HARDENED, MODES, Flags, Image, docker, mounted, succeeded

TESTS = Path(__file__).parents[1]
README = TESTS.parent / "README.md"
EXAMPLES = ["model_lightgbm", "model_ensemble", "model_neutralized"]
MODELS = (TESTS / "models", TESTS / "images" / "models")
SOURCES = [MODELS[0] / "loops.py", MODELS[1] / "leaves_orphans.py"]
MODE = pytest.mark.parametrize("flags", MODES.values(), ids=MODES)

# model: more words, more flags, exit code, reason, and what the message or the hint must tell
BAD: dict[str, tuple[tuple[str, ...], Flags, int, str, str]] = {
    "raises": ((), (), 1, "model_raised", "KeyError: 'no such column'"),
    "os_exit": ((), (), 1, "exited_early", "exit code 0 while predicting"),
    "segfaults": ((), (), 1, "crashed", "SIGSEGV while predicting"),
    "pickle_truncated": ((), (), 1, "invalid_pickle", "cut off after 5,000 bytes"),
    "names_module_predict": ((), (), 1, "missing_dependency", "'predict'"),
    "downloads": ((), ("--network", "none"), 1, "model_raised", "Models have no network"),
    "returns_wrong_name": ((), (), 1, "wrong_columns", "'pred'"),
    "returns_range_index": ((), (), 1, "wrong_index", "live ids are missing"),
    "returns_nan": ((), (), 1, "nan", "NaN"),
    "three_arguments": ((), (), 1, "bad_signature", "3 arguments"),
    "loops": (("--time_limit", "2"), (), 1, "timeout", "still predicting after 2 s"),
    "eats_memory": (("--memory_limit", "400m"), (), 1, "out_of_memory", "of 400 MiB while predicting"),
    "eats_memory_in_children": ((), ("-m", "700m"), 3, "killed_from_outside", "ran out in this container (700 MiB)"),
    "floods_disk_with_one_file": (("--disk_limit", "64m"), (), 1, "disk_limit", ""),
    "shares_memory": ((), (), 3, "internal", "shared memory (64 MiB) is full"),
    "reads_past_end_of_file": ((), (), 1, "crashed", "--shm-size"),
    "starts_many_threads": ((), ("--pids-limit", "100"), 3, "internal", "more than the 100 processes and threads"),
    "kills_itself": ((), (), 3, "killed_from_outside", "SIGKILL"),
}


@pytest.fixture(scope="session")
def bad_models(author: Author) -> Path:
    return author(*(source for name in BAD for folder in MODELS if (source := folder / f"{name}.py").exists()))


@pytest.fixture(scope="session")
def restless_models(author: Author) -> Path:
    return author(*SOURCES)


def test_a_run_without_any_flags(image: Image, example: Path, folder: Path, told: dict[str, Any]) -> None:
    for file in example.iterdir():
        shutil.copy(file, folder)
    words = ("--debug", "--model", folder / "model_lightgbm.pkl", "--dataset", folder / "live.parquet")
    ended = image.run(*words, "--output_dir", folder, flags=("-i", "-v", f"{folder}:{folder}"))
    succeeded(ended)
    assert f"Running numerai-predict:{told['runner']} - Python {told['python'].rpartition('.')[0]}\n" in ended.stderr
    assert len(list(folder.glob("live_predictions-*.csv"))) == 1


@pytest.mark.parametrize(("title", "data"), [("## In a container", "."), ("## In production", "data")])
def test_what_the_readme_shows(title: str, data: str, image: Image, example: Path, folder: Path) -> None:
    shown = README.read_text().partition(f"\n{title}\n")[2].partition("\n```sh\n")[2].partition("\n```\n")[0]
    assert "docker run" in shown
    (folder / data).mkdir(exist_ok=True)
    shutil.copy(example / "model_lightgbm.pkl", folder / data / "model.pkl")
    shutil.copy(example / "live.parquet", folder / data)
    results = folder if data == "." else open_folder(folder / "results")
    succeeded(image.typed(shown, folder))
    assert len(list(results.glob("live_predictions-*.csv"))) == 1


@MODE
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_models(name: str, flags: Flags, example: Path, image: Image) -> None:
    files = [example / "live.parquet", example / "live_benchmark_models.parquet"]
    words = ("--model", example / f"{name}.pkl", "--dataset", files[0], "--benchmarks", files[1])
    ended = image.run(*words, flags=(*flags, *mounted(example)))
    succeeded(ended)
    assert "Accelerated 1 LightGBM booster" in ended.stderr
    assert "Success: 300 predictions" in ended.stderr


@pytest.mark.parametrize("mode", [0o755, 0o700])
@pytest.mark.parametrize("there", [True, False], ids=["PWD", "tmp"])
def test_it_writes_into_a_mounted_folder_of_any_owner(
    there: bool, mode: int, image: Image, example: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(example, mine)
    inside = mine if there else Path("/tmp")  # noqa: S108  where people mount it
    if os.geteuid() == 0:
        os.chown(mine, 12345, 12345)
    mine.chmod(mode)
    words = ("--model", inside / "model_lightgbm.pkl", "--dataset", inside / "live.parquet", "--output_dir", inside)
    succeeded(image.run(*words, flags=("-v", f"{mine}:{inside}", "--workdir", str(inside))))
    assert len(list(mine.glob("live_predictions-*.csv"))) == 1


def test_a_report_that_is_mounted_alone(image: Image, example: Path, tmp_path: Path) -> None:
    """It cannot be replaced, only written; and its folder is nobody's to write to."""
    report = tmp_path / "report.json"
    report.write_text("{}")
    report.chmod(0o666)
    words = ("--model", example / "model_lightgbm.pkl", "--dataset", example / "live.parquet", "--report", report)
    succeeded(image.run(*words, flags=(*HARDENED, *mounted(example), "-v", f"{report}:{report}")))
    assert json.loads(report.read_text())["status"] == "Success"


def test_nowhere_to_write(image: Image, example: Path, folder: Path) -> None:
    """Without a /tmp: what to mount, first for the results, then for the model's own files."""
    words = ("--model", example / "model_lightgbm.pkl", "--dataset", example / "live.parquet")
    flags = ("--read-only", "--cap-drop", "ALL", "--user", "10001", *mounted(example))
    ended = image.run(*words, flags=flags)
    assert (ended.returncode, "read-only; in a container, mount a folder" in ended.stderr) == (2, True), ended.stderr
    flags = (*flags, *mounted(folder, writable=True))
    ended = image.run(*words, "--output_dir", folder, flags=(*flags, "--workdir", "/"))
    assert (ended.returncode, "docker run --tmpfs /tmp" in ended.stderr) == (3, True), ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_tells_people_what_to_type(image: Image, folder: Path) -> None:
    """What `example` prints runs as it stands."""
    words = ("example", folder, "--rows", 300, "--features", 24)
    printed = succeeded(image.run(*words, flags=mounted(folder, writable=True)))
    commands = [shlex.split(line) for line in printed.splitlines() if line.startswith("docker run ")]
    assert len(commands) == len(["one argument", "two"])
    for command in commands:
        start = command.index(image.name)
        succeeded(image.run(*command[start + 1 :], flags=command[command.index("--rm") + 1 : start]))


@MODE
def test_the_program_is_a_module_too(flags: Flags, image: Image, example: Path) -> None:
    words = ("--model", example / "model_lightgbm.pkl", "--dataset", example / "live.parquet")
    ended = image.python("-m", "predict", *words, flags=(*flags, *mounted(example)))
    succeeded(ended)
    assert "Success: 300 predictions" in ended.stderr


def test_a_wrong_flag_is_2(image: Image) -> None:
    assert image.run("--modell", "x", flags=HARDENED).returncode == 2


@pytest.mark.parametrize("name", BAD)
def test_a_bad_model_gets_its_verdict(name: str, bad_models: Path, docker_run: DockerRun) -> None:
    words, flags, code, reason, evidence = BAD[name]
    outcome = docker_run(bad_models / f"{name}.pkl", *words, flags=flags)
    assert (outcome.report["reason"], outcome.ended.returncode) == (reason, code), outcome.report
    assert evidence in outcome.report["message"] + (outcome.report["hint"] or "")


def test_who_fills_shared_memory_with_what_was_promised_is_at_fault(bad_models: Path, docker_run: DockerRun) -> None:
    report = docker_run(bad_models / "shares_memory.pkl", "--disk_limit", "68m").report  # of 64 MiB that are there
    assert (report["status"], report["reason"]) == ("Failed", "crashed"), report


@dataclass(frozen=True)
class Running:
    """A run that goes on until it is stopped."""

    container: str
    process: subprocess.Popen[str]
    report: Path

    def until(self, text: str) -> None:
        """Read the log until a line has the text."""
        assert self.process.stderr is not None
        log = []
        for line in self.process.stderr:
            log.append(line)
            if text in line:
                return
        pytest.fail("".join(log))

    def processes(self) -> list[str]:
        """The states of all processes of the container, as `ps` shows them."""
        return docker("top", self.container, "-o", "pid,stat").split()[3::2]


@pytest.fixture
def start(
    request: pytest.FixtureRequest, restless_models: Path, image: Image, live: Path, folder: Path
) -> Iterator[Running]:
    """Start a model that never ends; its name is the test's parameter."""
    name, flags = request.param
    container, report = f"predict-test-{uuid.uuid4()}", folder / "report.json"
    words = ("--model", restless_models / f"{name}.pkl", "--dataset", live, "--output_dir", folder, "--report", report)
    flags = ("--name", container, *flags, *mounted(restless_models, live), *mounted(folder, writable=True))
    with subprocess.Popen(image.command(*words, flags=flags), stderr=subprocess.PIPE, text=True) as process:
        yield Running(container, process, report)
        with contextlib.suppress(AssertionError):  # it ended as it should
            docker("kill", container)


def endless(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("start", [(name, flags) for flags in MODES.values()], ids=MODES, indirect=True)


@endless("loops")
@pytest.mark.parametrize(
    ("stop", "number"), [(("stop", "-t", "30"), 15), (("kill", "-s", "INT"), 2), (("kill", "-s", "HUP"), 1)]
)
def test_a_stopped_container_reports(stop: tuple[str, ...], number: int, start: Running) -> None:
    start.until("Predicting on")
    docker(*stop, start.container)
    assert start.process.wait(timeout=60) == 128 + number  # 137 is what a container gets that does not hear
    assert json.loads(start.report.read_text())["reason"] == "interrupted"


@endless("leaves_orphans")
def test_no_orphan_stays_unburied(start: Running) -> None:
    start.until("all are dead")
    docker("exec", start.container, "sh", "-c", "(exec true &)")  # an orphan of process 1
    deadline = time.monotonic() + 60
    while len(states := start.processes()) != len(["supervisor", "keeper", "worker"]):
        assert time.monotonic() < deadline, states
