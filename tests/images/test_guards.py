"""The suite of the guards inside the image: with its own Python, its own libraries, and what a container leaves of it.

The image has no pytest. Its wheels for the image's Python are kept in build/, and mounted beside the tests.
"""

from __future__ import annotations

import shlex
import subprocess  # noqa: TID251  a test starts pip
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from images.docker import MODES, Ended, Image

ROOT = Path(__file__).parents[2]
NEEDS = Path(__file__).with_name("requirements.txt")
SUITE = [f"/project/tests/test_{name}.py" for name in ("attacks", "doctor")]
PLATFORMS = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")
PYTEST = ("-q", "-p", "deputy", "-p", "no:cacheprovider", "-c", "/project/pyproject.toml")
RUNNER = "/opt/numerai-predict/predict/__init__.py"
TESTED = {"default": f"{RUNNER} as a deputy", "hardened": f"{RUNNER} as a user"}
PARTS = ("-m 'not alone' -n 2 --dist worksteal", "-m alone")


@pytest.fixture(scope="session")
def needs(told: dict[str, Any]) -> Path:
    """A folder with what the tests import and no image has."""
    python, machine = told["python"].rpartition(".")[0], told["platform"].rpartition(" ")[2]
    folder = ROOT / "build" / "test-deps" / f"{python}-{machine}"
    stamp = folder / ".installed"
    if not stamp.exists() or stamp.read_text() != NEEDS.read_text():
        _install(folder, python, machine)
        stamp.write_text(NEEDS.read_text())
    return folder


def _install(folder: Path, python: str, machine: str) -> None:
    platforms = [word for platform in PLATFORMS for word in ("--platform", f"{platform}_{machine}")]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    target = ["--upgrade", "--target", str(folder), "--python-version", python, "--only-binary=:all:"]
    everybody_reads = 0o022
    subprocess.run([*pip, *target, *platforms, "--requirement", NEEDS], check=True, umask=everybody_reads)


def in_suite(image: Image, needs: Path, mode: str, *words: str, tested: str) -> Ended:
    """Run a shell's words with the image's own `predict`, our tests and their plugin."""
    mounts = {ROOT / "tests": "/project/tests", ROOT / "pyproject.toml": "/project/pyproject.toml", needs: "/deps"}
    mounts[Path(__file__).with_name("deputy.py")] = "/plugin/deputy.py"
    shown = [word for path, inside in mounts.items() for word in ("-v", f"{path}:{inside}:ro")]
    where = ("-e", "PYTHONPATH=/deps:/plugin:/opt/numerai-predict", "--workdir", "/tmp")  # noqa: S108  the one writable folder
    return image.run("-c", *words, flags=("--entrypoint", "sh", *MODES[mode], *shown, *where, "-e", f"TESTED={tested}"))


@pytest.mark.parametrize("mode", MODES)
def test_the_suite_notices_what_it_would_not_test(mode: str, image: Image, needs: Path) -> None:
    """In the process that starts, and in those of pytest-xdist."""
    other = TESTED["hardened" if mode == "default" else "default"]
    for processes in ("0", "1"):
        words = ["python", "-m", "pytest", *PYTEST, "-n", processes, "--collect-only", *SUITE]
        ended = in_suite(image, needs, mode, shlex.join(words), tested=other)
        assert f"This would test {TESTED[mode]} instead of {other}" in ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def suites(image: Image, needs: Path) -> dict[str, Ended]:
    """The suite in every mode, side by side: they wait more than they compute."""
    words = shlex.join(["python", "-m", "pytest", *PYTEST, *SUITE])
    pytests = " && ".join(f"{words} {part}" for part in PARTS)
    with ThreadPoolExecutor(len(MODES)) as pool:
        running = {mode: pool.submit(in_suite, image, needs, mode, pytests, tested=TESTED[mode]) for mode in MODES}
    return {mode: suite.result() for mode, suite in running.items()}


@pytest.mark.parametrize("mode", MODES)
def test_the_guards_hold(mode: str, suites: dict[str, Ended]) -> None:
    print(suites[mode].stdout[-20_000:])  # noqa: T201  pytest shows it where it fails
    assert suites[mode].returncode == 0, suites[mode].stderr[-2_000:]
