"""A broken installation of ours is never the model's fault."""

from __future__ import annotations

import os
import subprocess  # noqa: TID251  a test starts the program
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, assert_verdict


@pytest.fixture
def interpreter(tmp_path: Path) -> Callable[[str | None], str]:
    """Make a Python that has our libraries but one, or none of them."""

    def make(broken: str | None) -> str:
        home = tmp_path / "python"
        venv.create(home, symlinks=True)
        site = next(home.glob("lib/python*/site-packages"))
        if broken is not None:
            (site / f"{broken}.py").write_text(f"raise ImportError('{broken} is broken on purpose')")
            ours = [entry for entry in sys.path if entry.endswith("site-packages")]
            (site / "others.pth").write_text("\n".join(ours))
        return str(home / "bin" / "python")

    return make


@pytest.mark.parametrize("broken", ["pyarrow", "cloudpickle", "pandas", None])
def test_a_worker_that_cannot_import_is_the_platforms_fault(
    broken: str | None,
    interpreter: Callable[[str | None], str],
    pickled: Callable[[str], Path],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", interpreter(broken))
    report = run(pickled("raises"))
    assert_verdict(report, "Error", "worker_not_ready")
    assert (f"{broken} is broken on purpose" if broken else "No module named") in report.message


@pytest.mark.parametrize("module", ["msgspec", "argparse", "predict.cli"])
def test_a_supervisor_that_cannot_import_leaves_with_3(module: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import sys; sys.modules[{module!r}] = None")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    program = [sys.executable, "-m", "predict", "--model", "nowhere.pkl"]
    ended = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert "not of the model" in ended.stderr


def test_an_unforeseen_fault_in_the_supervisor_is_internal(
    pickled: Callable[[str], Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("predict.runner.check", fail)
    report = run(pickled("good"))
    assert_verdict(report, "Error", "internal")
    assert (report.exit_code, report.message) == (3, "RuntimeError: unforeseen")
