"""What all tests share: small live data, models pickled as people pickle them, and one way to run them."""

from __future__ import annotations

import importlib.util
import json
import os
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import jsonschema
import msgspec
import numpy as np
import pandas as pd
import psutil
import pytest
from hypothesis import settings

import predict.report
from predict.job import Job, Limits
from predict.report import Report
from predict.runner import run as run_job
from predict.sandbox import take_up

settings.register_profile("deterministic", deadline=None, derandomize=True)  # machines are noisy
settings.load_profile("deterministic")
take_up()  # in an image, be what the program is there: the tests call its parts

MODELS = Path(__file__).parent / "models"
SCHEMA = json.loads(Path(predict.report.__file__).with_name("report.schema.json").read_text())
ROWS = 40

Run = Callable[..., Report]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-docker", metavar="IMAGE", help="test a built image (tests/images), such as its `name:tag`")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Without an image there is nothing to test of it."""
    of_an_image = collection_path == Path(__file__).with_name("images")
    return True if of_an_image and not config.getoption("--run-docker") else None


@pytest.fixture(scope="session")
def live_frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    ids = pd.Index([f"n{number:015x}" for number in rng.choice(16**12, ROWS, replace=False)], name="id")
    frame = pd.DataFrame({"era": "X", "data_type": "live"}, ids)
    for number in range(6):
        frame[f"feature_{number}"] = rng.integers(0, 5, ROWS).astype("int8")
    return frame.assign(target=np.full(ROWS, np.nan, dtype="float32"))


@pytest.fixture(scope="session")
def live(live_frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("live") / "live.parquet"
    live_frame.to_parquet(path)
    return path


@pytest.fixture(scope="session")
def benchmarks(live_frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("benchmarks") / "live_benchmark_models.parquet"
    values = np.linspace(0, 1, ROWS)
    frame = pd.DataFrame({"era": "X", "v53_lgbm_ender20": values}, live_frame.index[::-1])
    frame.to_parquet(path)
    return path


@pytest.fixture
def pickled(tmp_path: Path) -> Callable[[str], Path]:
    """Pickle `model` of a file in tests/models by value, as a notebook would; or take its PICKLE as it is."""

    def pickle_model(name: str) -> Path:
        spec = importlib.util.spec_from_file_location(f"model_{name}", MODELS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        path = tmp_path / f"{name}.pkl"
        path.write_bytes(module.PICKLE if hasattr(module, "PICKLE") else dumps_by_value(module.model))
        return path

    return pickle_model


def dumps_by_value(model: Any) -> bytes:
    """What cloudpickle writes for something that was defined in a notebook."""
    pickled: bytes = cloudpickle.dumps(model)
    return pickled


@pytest.fixture
def run(live: Path, benchmarks: Path, tmp_path: Path) -> Run:
    """Run one pickled model through the real program and check its report against the schema."""

    def run_model(model: Path, *, limits: Limits | None = None, **fields: Any) -> Report:
        output_dir = tmp_path / "output"
        output_dir.mkdir(exist_ok=True)
        files = {"dataset": str(live), "benchmarks": str(benchmarks), "output_dir": output_dir}
        report = run_job(Job(str(model), limits=limits or Limits(), **{**files, **fields}))
        check_report(msgspec.json.decode(report.to_json()))
        return report

    return run_model


def check_report(report: dict[str, Any]) -> None:
    """Every report must be what its published schema says."""
    jsonschema.validate(report, SCHEMA)


def scratch_of(keeper: psutil.Process) -> Path:
    """The scratch folder of a run, which its plan names."""
    return Path(json.loads(keeper.cmdline()[-1])["scratch"])


def dies(pid: int) -> bool:
    """Wait for the end of a process that is not ours."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended = select.select([descriptor], [], [], 30)[0] != []
    os.close(descriptor)
    return ended


def assert_verdict(report: Report, status: str, reason: str | None) -> None:
    """Compare the verdict; show the whole report when it is another one."""
    assert (report.status, report.reason) == (status, reason), report.to_json().decode()
