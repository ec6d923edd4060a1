"""Functions that another Python pickled: nothing of them is loaded, and the image that runs them is named.

`pickles` has what `make_models.py` made of tests/models/good.py and models/closure.py in the image of each Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from images.conftest import DockerRun

PICKLES = sorted((Path(__file__).parent / "pickles").glob("*.pkl"))


@pytest.mark.parametrize("path", PICKLES, ids=lambda path: path.stem)
def test_a_pickle_of_another_python(path: Path, told: dict[str, Any], docker_run: DockerRun) -> None:
    made_by, run_by = path.stem.partition("-")[0], told["python"].rpartition(".")[0]
    report = docker_run(path).report
    assert report["made_by"]["pythons"] == [made_by]
    if made_by == run_by:
        assert report["status"] == "Success", report
    else:
        assert (report["status"], report["exit_code"]) == ("Failed", 1), report
        assert report["reason"] == "python_mismatch", report
        assert f"numerai_predict_py_{made_by.replace('.', '_')}:" in report["hint"], report
        assert "load" not in report["timings"], report
