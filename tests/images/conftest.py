"""What the tests of an image share: the image, folders that any user of a container may use, models made in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import check_report

from images.docker import HARDENED, Ended, Flags, Image, mounted, succeeded

HERE = Path(__file__).parent
OPEN = 0o777

Author = Callable[..., Path]


@pytest.fixture(scope="session")
def image(pytestconfig: pytest.Config) -> Image:
    return Image(pytestconfig.getoption("--run-docker"))


@pytest.fixture(scope="session")
def told(image: Image) -> dict[str, Any]:
    """What the image tells of itself."""
    found: dict[str, Any] = json.loads(succeeded(image.run("doctor", "--json")))
    return found


@pytest.fixture(scope="session")
def example(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's models and data, made in the image by its own command."""
    folder = open_folder(tmp_path_factory.mktemp("example"))
    flags = (*HARDENED, *mounted(folder, writable=True))
    succeeded(image.run("example", folder, "--rows", 300, "--features", 24, flags=flags))
    return folder


@pytest.fixture(scope="session")
def author(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Author:
    """Pickle the models of some files in the image, into one folder: a function's pickle is for one Python."""

    def pickle_models(*sources: Path) -> Path:
        folder = open_folder(tmp_path_factory.mktemp("pickled"))
        flags = (*HARDENED, *mounted(HERE.parent), *mounted(folder, writable=True))
        succeeded(image.python(HERE / "make_models.py", folder, *sources, flags=flags))
        return folder

    return pickle_models


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that every user may use: with `--cap-drop ALL` the program is no more than a user."""
    return open_folder(tmp_path)


@dataclass(frozen=True)
class Outcome:
    """How a run ended, and its report."""

    ended: Ended
    report: dict[str, Any]


DockerRun = Callable[..., Outcome]


@pytest.fixture
def docker_run(image: Image, live: Path, folder: Path) -> DockerRun:
    """Run one model by `docker run`, and check its report against the schema."""

    def run(model: Path, *words: object, flags: Flags = ()) -> Outcome:
        shutil.copy(live, folder / "live.parquet")
        files = (*mounted(folder, writable=True), *mounted(model))
        words = ("--model", model, "--dataset", folder / "live.parquet", "--output_dir", folder, *words)
        ended = image.run(*words, flags=(*flags, *files))
        reports = list(folder.glob("live_predictions-*.json"))
        assert len(reports) == 1, ended.stderr
        report = json.loads(reports[0].read_text())
        check_report(report)
        assert ended.returncode == report["exit_code"]
        return Outcome(ended, report)

    return run


def open_folder(path: Path) -> Path:
    """Let every user read and write there."""
    path.mkdir(exist_ok=True)
    path.chmod(OPEN)
    return path
