"""The locks of the images: complete, hashed, of today's inputs, and without CUDA."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess  # noqa: TID251  a test asks make
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements"
ASK = ["make", "-s", "--no-print-directory", "pythons"]
PYTHONS: list[str] = json.loads(subprocess.check_output(ASK, cwd=ROOT, text=True))
CUDA = re.compile(r"^(nvidia|cuda|triton)\b|^xgboost==|^tensorflow==|-cu\d\d\b")
LOCKS = [(python, name) for python in PYTHONS for name in ("core", "full")]
MANIFESTS = sorted((ROOT / "predict" / "images").glob("*.json"))
TORCH = [python for python in PYTHONS if (REQUIREMENTS / f"py{python}-torch.txt").exists()]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"requirements_{name}", REQUIREMENTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


lock, table = script("lock"), script("table")


def requirements(path: Path) -> list[str]:
    """Whole requirements, hashes and all."""
    lines = path.read_text().replace("\\\n", " ").splitlines()
    return [line for line in lines if line and not line.lstrip().startswith(("#", "--"))]


@pytest.mark.parametrize(("python", "name"), [*LOCKS, *((python, "torch") for python in TORCH)])
def test_a_lock_is_made_of_todays_inputs(python: str, name: str) -> None:
    sealed = lock.lock_file(python, name).read_text().partition(lock.MARK)[2][:64]
    assert sealed == lock.digest(python, name), f"stale: run `make lock/{python}`"


@pytest.mark.parametrize(("python", "name"), LOCKS)
def test_everything_is_pinned_and_hashed(python: str, name: str) -> None:
    for requirement in requirements(lock.lock_file(python, name)):
        assert re.match(r"[a-z0-9-]+==\S+ +(--hash=sha256:[0-9a-f]{64} *)+$", requirement), requirement


@pytest.mark.parametrize(("python", "name"), LOCKS)
def test_nothing_of_cuda_is_in_it(python: str, name: str) -> None:
    assert not [line for line in requirements(lock.lock_file(python, name)) if CUDA.search(line)]


@pytest.mark.parametrize(("python", "name"), LOCKS)
def test_no_lock_names_an_index(python: str, name: str) -> None:
    assert "://" not in lock.lock_file(python, name).read_text()


@pytest.mark.parametrize("python", TORCH)
def test_only_pytorch_comes_from_pytorchs_index(python: str) -> None:
    path = lock.lock_file(python, "torch")
    assert "--index-url https://download.pytorch.org/whl/cpu\n" in path.read_text()
    assert [line for line in requirements(path) if not re.match(r"torch==\S+\+cpu .*--hash=sha256:", line)] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_the_full_set_holds_the_core_set(python: str) -> None:
    full = table.locked(python, "full")
    assert {name: full.get(name) for name in table.locked(python, "core")} == table.locked(python, "core")


@pytest.mark.parametrize("python", PYTHONS)
def test_a_version_that_is_not_numerai_predicts_says_why(python: str) -> None:
    """Beside the pin; where only one of both has the library there is nothing to compare."""
    theirs, ours = table.theirs()[python], table.locked(python, "core")
    pins = (REQUIREMENTS / f"py{python}.in").read_text()
    for library in set(table.named("core.in")) & set(ours):
        original = theirs.get(table.SAME.get(library, library))
        if original not in (None, ours[library]):
            assert re.search(rf"^{library}\b.*# ", pins, re.MULTILINE), f"{library} {ours[library]}, theirs {original}"


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_what_is_checked_in_of_an_image_is_its_lock(path: Path) -> None:
    """The tests in the image compare it with the image."""
    manifest = json.loads(path.read_text())
    assert path.stem == f"{manifest['python']}-{manifest['set']}"
    locked = table.locked(manifest["python"], manifest["set"])
    assert {name: manifest["libraries"].get(name) for name in locked} == locked, f"stale: `make manifest/{path.stem}`"


def test_each_image_has_its_manifest() -> None:
    assert {f"{python}-core" for python in PYTHONS} <= {path.stem for path in MANIFESTS}


def test_the_readmes_table_is_made_of_todays_locks() -> None:
    told = (ROOT / "README.md").read_text().partition(table.BEGIN)[2].partition(table.END)[0]
    assert told.splitlines() == list(table.rows(PYTHONS)), "stale: run `make table`"


def test_an_image_is_named_in_one_place() -> None:
    """Else a new Python would be more than one line: what is generated, measured or written for people may name it."""
    places = ("Makefile", "pyproject.toml", ".ci/*", ".github/**/*.yml", "dockerfiles/*", "predict/**/*.py")
    code = [path for place in places for path in ROOT.glob(place) if path.is_file()]
    newest = re.compile(rf"(?<![\d.]){re.escape(PYTHONS[-1])}(?!\d)")
    assert [path.name for path in code if newest.search(path.read_text(errors="replace"))] == ["Makefile"]


def test_the_lock_of_torch_needs_no_index_where_its_wheel_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torch.in").write_text("--index-url https://download.pytorch.org/whl/cpu\n")
    (tmp_path / "torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl").write_bytes(b"wheel")
    monkeypatch.setattr(lock, "HERE", tmp_path)
    monkeypatch.setattr(lock, "WHEELS", tmp_path)
    assert lock.lock_torch("3.11", []) == 0
    hashed = requirements(tmp_path / "py3.11-torch.txt")
    assert hashed == [f"torch==2.13.0+cpu      --hash=sha256:{lock.hashlib.sha256(b'wheel').hexdigest()}"]


def test_this_python_has_an_image() -> None:
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in PYTHONS
