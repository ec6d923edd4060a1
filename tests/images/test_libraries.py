"""Each promised library computes, hardened and without network; models of each give the same numbers in the room."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from images.computations import COMPUTATIONS
from images.conftest import DockerRun
from images.docker import HARDENED, LIMITS, Image, mounted, succeeded
from predict.sandbox.limits.threads import environment

HERE = Path(__file__).parent
ML_STACK = HERE.parent / "ml_stack"
REQUIREMENTS = HERE.parents[1] / "requirements"
FLAGS = (*LIMITS, *HARDENED)
SCRATCH = ("--workdir", "/tmp")  # noqa: S108  as in the room, a model's folder is its own
SETS = {"core": ["core.in"], "full": ["core.in", "full.in", "torch.in"]}
# model: the libraries that it needs beside those of the runner
MODELS = {
    ML_STACK / "models" / "catboost_64.py": ["catboost"],
    ML_STACK / "models" / "jax_jit.py": ["jax"],
    ML_STACK / "models" / "lightgbm_64.py": ["lightgbm"],
    ML_STACK / "models" / "matplotlib_figure.py": ["matplotlib"],
    ML_STACK / "models" / "numba_pickled.py": ["numba"],
    ML_STACK / "models" / "polars_lazy.py": ["polars"],
    ML_STACK / "models" / "scipy_solvers.py": ["scipy"],
    ML_STACK / "models" / "sklearn_jobs.py": ["scikit-learn"],
    ML_STACK / "models" / "statsmodels_ols.py": ["statsmodels"],
    ML_STACK / "models" / "torch_net.py": ["torch"],
    ML_STACK / "models" / "xgboost_64.py": ["xgboost-cpu"],
    HERE / "models" / "keras_net.py": ["keras", "tensorflow-cpu"],
    HERE / "models" / "lightning_net.py": ["pytorch-lightning"],
    HERE / "models" / "onnx_session.py": ["onnx", "onnxruntime"],
    HERE / "models" / "skorch_net.py": ["skorch"],
    HERE / "models" / "tensorflow_function.py": ["tensorflow-cpu"],
    HERE / "models" / "treelite_forest.py": ["treelite"],
    HERE / "models" / "ydf_trees.py": ["ydf"],
}


def named(name: str, *, everywhere: bool = False) -> set[str]:
    """What people wrote into the files of a set; `everywhere`: without what only some Pythons get."""
    lines = [line for file in SETS[name] for line in (REQUIREMENTS / file).read_text().splitlines()]
    wanted = [line for line in lines if not (everywhere and ";" in line.partition("#")[0])]
    return {found[0] for line in wanted if (found := re.match(r"[a-z][a-z0-9-]*", line))}


def test_every_promised_library_has_a_computation() -> None:
    assert named("full") <= set(COMPUTATIONS)


def test_every_promised_library_is_in_the_image(told: dict[str, Any]) -> None:
    assert named(told["set"], everywhere=True) <= set(told["libraries"])


@pytest.mark.parametrize("library", COMPUTATIONS)
def test_a_library_computes(library: str, image: Image, told: dict[str, Any]) -> None:
    if library not in told["libraries"]:
        pytest.skip(f"this image promises no {library}")
    program = HERE / "computations.py"
    succeeded(image.python(program, library, flags=(*FLAGS, *mounted(program))))


@pytest.fixture
def alone(image: Image, live: Path, tmp_path: Path) -> Callable[[Path], tuple[Path, pd.DataFrame]]:
    """Pickle a model in the image and run it with nothing around it: its pickle and its predictions."""

    def run_alone(source: Path) -> tuple[Path, pd.DataFrame]:
        model, predictions = tmp_path / f"{source.stem}.pkl", tmp_path / "alone.csv"
        variables = [word for name, value in environment(1).items() for word in ("-e", f"{name}={value}")]
        files = (*mounted(HERE.parent, live), *mounted(tmp_path, writable=True))
        words = (ML_STACK / "unguarded.py", source, live, model, predictions)
        succeeded(image.python(*words, flags=(*FLAGS, *SCRATCH, *variables, *files)))
        return model, read(predictions)

    return run_alone


@pytest.mark.parametrize("source", MODELS, ids=lambda source: source.stem)
def test_the_room_changes_no_number(
    source: Path,
    told: dict[str, Any],
    docker_run: DockerRun,
    alone: Callable[[Path], tuple[Path, pd.DataFrame]],
) -> None:
    for library in MODELS[source]:
        if library not in told["libraries"]:
            pytest.skip(f"this image promises no {library}")
    model, expected = alone(source)
    report = docker_run(model, flags=FLAGS).report
    assert report["status"] == "Success", report
    pd.testing.assert_frame_equal(read(Path(report["predictions"]["file"])), expected, check_exact=True)


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, index_col="id", dtype=str).astype(float)  # every digit: pandas reads some of them
