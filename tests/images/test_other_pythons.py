"""Functions that another Python pickled: a true verdict, never predictions.

Their bytecode is that Python's own. It does not load, or ends the process, or does something else. `pickles` has what
`make_models.py` made of tests/models/good.py and models/closure.py in the image of each Python.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from images.conftest import DockerRun

PICKLES = sorted((Path(__file__).parent / "pickles").glob("*.pkl"))
ODD = "3.10"  # later ones take other arguments for a code object, and it does not load
BY_CHANCE = {"crashed", "model_raised"}  # whatever the bytes mean to another Python
TELLS_OF_PYTHON = {"python_mismatch", "crashed"}


def reasons(made_by: str, run_by: str) -> set[str]:
    """What the verdict may be."""
    return {"python_mismatch"} if ODD in {made_by, run_by} else BY_CHANCE


@pytest.mark.parametrize("path", PICKLES, ids=lambda path: path.stem)
def test_a_pickle_of_another_python(path: Path, told: dict[str, Any], docker_run: DockerRun) -> None:
    made_by, run_by = path.stem.partition("-")[0], told["python"].rpartition(".")[0]
    report = docker_run(path).report
    if made_by == run_by:
        assert report["status"] == "Success", report
    else:
        assert (report["status"], report["exit_code"]) == ("Failed", 1), report
        assert report["reason"] in reasons(made_by, run_by), report
        assert report["reason"] not in TELLS_OF_PYTHON or re.search(r"\bPython\b", report["hint"]), report
