from __future__ import annotations

import json
import os
import shutil
import subprocess  # noqa: TID251  a test starts builds and compilers
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "predict/sandbox/worker/accelerate"
KERNEL = ROOT / PACKAGE / "kernel"
DEMANDED = os.environ.get("PREDICT_KERNEL") == "required"
needs_the_kernel = pytest.mark.skipif(
    not (DEMANDED or (ROOT / PACKAGE / "libforest.so").exists()), reason="nothing here compiles the kernel"
)
needs_a_compiler = pytest.mark.skipif(not (DEMANDED or shutil.which("c++")), reason="no C++ compiler")
SOURCE = """
#include <iostream>
#include <string>
extern "C" __attribute__((visibility("default"))) int forest_way(int number) {
  std::cerr << std::to_string(number) << __FILE__;
  return number;
}
"""

Ended = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of this folder: what wheels are built of where nothing else is."""
    folder = tmp_path_factory.mktemp("sources")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", folder]
    run(command, ROOT).check_returncode()
    (archive,) = folder.iterdir()
    return archive


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    """Another kernel, which is soon compiled."""
    return small_kernel(tmp_path)


def small_kernel(folder: Path) -> Path:
    kernel = folder / "kernel"
    kernel.mkdir(parents=True)
    for name in ("compile.py", "exports.map"):
        shutil.copy(KERNEL / name, kernel)
    (kernel / "small.cpp").write_text(SOURCE)
    return kernel


def run(command: list[Any], folder: Path, **variables: str) -> Ended:
    environment = os.environ | {"PREDICT_KERNEL": "auto"} | variables
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def compiled(kernel: Path, **variables: str) -> Ended:
    return run([sys.executable, kernel / "compile.py"], kernel.parent, **variables)


def build(sources: Path, folder: Path, **variables: str) -> Ended:
    offline = ("--no-index", "--no-cache-dir", "--no-build-isolation", "--no-deps", "--disable-pip-version-check")
    return run([sys.executable, "-m", "pip", "wheel", "--verbose", *offline, sources], folder, **variables)


def unpacked(folder: Path) -> tuple[str, Path]:
    """The name of the only wheel there, and its files."""
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return wheel.name, folder / "unpacked"


def acceleration(folder: Path) -> dict[str, Any]:
    """What the program of that folder tells of itself."""
    told = json.loads(run([sys.executable, "-m", "predict", "doctor", "--json"], folder).stdout)
    found: dict[str, Any] = told["acceleration"]
    return found


def compiler(folder: Path, script: str) -> str:
    path = folder / "compiler"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@needs_the_kernel
def test_a_wheel_is_for_one_platform_and_every_python(sources: Path, tmp_path: Path) -> None:
    ended = build(sources, tmp_path, PREDICT_KERNEL="required")
    assert ended.returncode == 0, ended.stderr
    name, folder = unpacked(tmp_path)
    assert "-py3-none-" in name
    assert "-any" not in name
    assert acceleration(folder)["ways"]
    assert not (folder / PACKAGE / "kernel").exists()


@pytest.mark.parametrize("compiler", ["no-such-compiler", "false"])
def test_a_wheel_without_the_kernel_is_for_all_and_works(sources: Path, tmp_path: Path, compiler: str) -> None:
    ended = build(sources, tmp_path, CXX=compiler)
    assert ended.returncode == 0, ended.stderr
    assert f"is left out: {compiler} " in ended.stderr
    name, folder = unpacked(tmp_path)
    assert name.endswith("-py3-none-any.whl")
    why_not = acceleration(folder)["why_not"]
    assert str(folder) in why_not
    assert "install numerai-predict again" in why_not


def test_a_wheel_that_must_have_the_kernel_is_not_built_without(sources: Path, tmp_path: Path) -> None:
    ended = build(sources, tmp_path, CXX="no-such-compiler", PREDICT_KERNEL="required")
    assert ended.returncode
    assert "is left out: no-such-compiler does not start: " in ended.stderr  # how depends on who may look into PATH
    assert not list(tmp_path.iterdir())


@needs_a_compiler
def test_the_same_sources_give_the_same_bytes_in_every_folder(tmp_path: Path) -> None:
    folders = [small_kernel(tmp_path / name) for name in ("one", "another")]
    assert [compiled(folder).returncode for folder in folders] == [0, 0]
    one, another = (folder.with_name("libforest.so").read_bytes() for folder in folders)
    assert one == another


@needs_a_compiler
@pytest.mark.skipif(sys.platform == "darwin", reason="its linker takes no version script")
def test_only_the_interface_is_seen_by_others(kernel: Path) -> None:
    assert compiled(kernel, PREDICT_KERNEL="required").returncode == 0
    library = kernel.with_name("libforest.so")
    listed = run(["nm", "--dynamic", "--defined-only", "--format=just-symbols", library], kernel)
    assert listed.stdout.split() == ["forest_way"], listed.stderr


@needs_a_compiler
def test_a_compiler_that_has_no_libstdcxx_to_link_in_will_do(kernel: Path, tmp_path: Path) -> None:
    picky = compiler(tmp_path, 'case "$*" in *-static-*) exit 1 ;; esac; exec c++ "$@"')
    assert compiled(kernel, CXX=picky, PREDICT_KERNEL="required").returncode == 0
    assert kernel.with_name("libforest.so").exists()


@needs_a_compiler
def test_who_has_the_old_library_open_keeps_it(kernel: Path) -> None:
    library = kernel.with_name("libforest.so")
    library.write_text("old")
    with library.open() as old:
        assert compiled(kernel, PREDICT_KERNEL="required").returncode == 0
        assert old.read() == "old"
    assert [path.name for path in library.parent.iterdir() if path != kernel] == [library.name]


@pytest.mark.parametrize("variables", [{"CXX": "false"}, {"PREDICT_KERNEL": "off"}])
def test_no_library_of_other_sources_is_left(kernel: Path, variables: dict[str, str]) -> None:
    library = kernel.with_name("libforest.so")
    library.write_text("old")
    assert compiled(kernel, **variables).returncode == 0
    assert not library.exists()


def test_what_the_compiler_says_is_told_in_a_line(kernel: Path, tmp_path: Path) -> None:
    script = "echo 'In file included from a.cpp:1:' >&2; echo 'a.h:1: error: no float from_chars' >&2; exit 1"
    ended = compiled(kernel, CXX=compiler(tmp_path, script))
    assert "compiler failed: a.h:1: error: no float from_chars. To have it, install" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_demand_with_a_typing_error_is_no_demand(kernel: Path) -> None:
    ended = compiled(kernel, PREDICT_KERNEL="requierd")
    assert ended.returncode
    assert "PREDICT_KERNEL is 'requierd': it takes auto, required, off." in ended.stderr
