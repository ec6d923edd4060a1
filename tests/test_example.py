from __future__ import annotations

import contextlib
import io
import shlex
import subprocess  # noqa: TID251  a test starts the program
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from predict.example import data, models
from predict.example.command import main
from predict.example.names import MOST_FEATURES, feature_names
from predict.job import Job
from predict.runner import run

ROWS = 300
FEATURES = 24
SIZE = ["--rows", str(ROWS), "--features", str(FEATURES)]
FILES = [
    "live.parquet",
    "live_benchmark_models.parquet",
    "model_ensemble.pkl",
    "model_lightgbm.pkl",
    "model_neutralized.pkl",
]


@dataclass(frozen=True)
class Example:
    """What the command wrote and said."""

    folder: Path
    said: str
    live: pd.DataFrame
    benchmarks: pd.DataFrame


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    folder = tmp_path_factory.mktemp("example") / "in a new" / "folder"
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert main([str(folder), *SIZE]) == 0
    live, benchmarks = (pd.read_parquet(folder / name) for name in FILES[:2])
    return Example(folder, said.getvalue(), live, benchmarks)


def test_live_ids_are_unique_and_look_like_the_real_ones(example: Example) -> None:
    index = example.live.index
    assert index.name == "id"
    assert index.is_unique
    assert index.str.fullmatch("n[0-9a-f]{15}").all()


def test_live_columns_come_in_the_real_order_and_types(example: Example) -> None:
    live = example.live
    columns = ["era", "data_type", *feature_names(FEATURES), *data.TARGETS]
    assert list(live.columns) == columns
    assert set(live["era"]) == {"X"}
    assert set(live["data_type"]) == {"live"}
    assert len(live) == ROWS


def test_features_are_int8_from_0_to_4_and_correlated_in_groups(example: Example) -> None:
    features = example.live.filter(regex="^feature_")
    assert features.shape == (ROWS, FEATURES)
    assert (features.dtypes == "int8").all()
    assert set(np.unique(features)) == {0, 1, 2, 3, 4}
    correlations = features.astype("float64").corr().to_numpy()
    assert correlations[0, 1] > 0.3
    assert abs(correlations[0, data.GROUP_SIZE]) < 0.2


def test_targets_are_float32_and_not_known_yet(example: Example) -> None:
    targets = example.live.filter(regex="^target")
    assert "target" in targets
    assert (targets.dtypes == "float32").all()
    assert targets.isna().all(axis=None)


def test_benchmarks_are_predictions_for_the_same_ids(example: Example) -> None:
    benchmarks = example.benchmarks
    models_of_numerai = benchmarks.drop(columns="era")
    assert benchmarks.index.equals(example.live.index)
    assert benchmarks.index.name == "id"
    assert set(benchmarks["era"]) == {"X"}
    assert list(models_of_numerai.columns) == list(data.BENCHMARKS)
    assert (models_of_numerai.dtypes == "float64").all()
    assert models_of_numerai.apply(lambda column: column.between(0, 1)).all(axis=None)


def test_the_same_seed_writes_the_same_bytes(example: Example, tmp_path: Path) -> None:
    assert main([str(tmp_path), *SIZE, "--seed", "0"]) == 0
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (example.folder / name).read_bytes(), name


def test_another_seed_draws_other_rows_of_the_same_features() -> None:
    one, other = (data.draw_live(ROWS, feature_names(FEATURES), seed) for seed in (0, 1))
    assert list(one.columns) == list(other.columns)
    assert one.index.intersection(other.index).empty


def test_feature_names_are_unique_up_to_the_most_that_there_are() -> None:
    names = feature_names(MOST_FEATURES)
    assert len(set(names)) == MOST_FEATURES
    assert pd.Series(names).str.fullmatch("feature_[a-z]+_[a-z]+_[a-z]+").all()


def test_training_eras_have_a_target_of_five_values_that_the_model_learns() -> None:
    drawn = data.draw_training(feature_names(FEATURES), seed=5)
    assert set(drawn["target"]) == {0, 0.25, 0.5, 0.75, 1}
    assert list(drawn["era"].unique()) == [f"{era:04d}" for era in range(1, data.TRAINING_ERAS + 1)]
    unseen = drawn["era"] == "0008"
    predictions = models.lightgbm_model(models.train(drawn[~unseen], seed=5))(drawn[unseen])
    assert predictions["prediction"].corr(drawn.loc[unseen, "target"]) > 0.1


def test_neutralized_predictions_correlate_less_with_the_features_that_the_model_leans_on() -> None:
    live = data.draw_live(ROWS, feature_names(FEATURES), seed=5)
    model = models.train(data.draw_training(feature_names(FEATURES), seed=5), seed=5)
    leant_on = live[model.feature_name_[int(np.argmax(model.feature_importances_))]]
    raw, neutral = models.lightgbm_model(model)(live), models.neutralized_model(model)(live)
    assert abs(neutral["prediction"].corr(leant_on)) < abs(raw["prediction"].corr(leant_on)) / 2


@pytest.mark.parametrize("model", ["model_lightgbm", "model_ensemble", "model_neutralized"])
def test_each_model_runs_to_success(model: str, example: Example, tmp_path: Path) -> None:
    folder = example.folder
    report = run(
        Job(
            model=str(folder / f"{model}.pkl"),
            dataset=str(folder / "live.parquet"),
            benchmarks=str(folder / "live_benchmark_models.parquet"),
            output_dir=tmp_path,
        )
    )
    assert report.status == "Success", report
    assert report.predictions is not None
    assert report.predictions.rows == ROWS


def test_it_tells_every_file_and_its_size(example: Example) -> None:
    *files, empty, _, _, _ = example.said.splitlines()
    assert sorted(Path(line.rpartition("  ")[0]).name for line in files) == FILES
    assert all(line.endswith(" KiB") for line in files)
    assert not empty


@pytest.mark.parametrize("line", [-2, -1])
def test_the_commands_that_it_tells_run_a_model(line: int, example: Example, tmp_path: Path) -> None:
    words = shlex.split(example.said.splitlines()[line])
    assert words[-2] == "--output_dir"
    assert subprocess.run([*words[:-1], tmp_path], capture_output=True, check=False).returncode == 0
    assert len(list(tmp_path.glob("*.csv"))) == 1


def test_it_leaves_nothing_but_its_files(example: Example) -> None:
    assert sorted(path.name for path in example.folder.iterdir()) == FILES


@pytest.mark.parametrize(
    "flags", [["--rows", "9"], ["--features", "7"], ["--seed", "-1"], ["--rows", "many"], ["--colour", "red"]]
)
def test_a_wrong_argument_is_a_usage_error_and_writes_nothing(
    flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ending:
        main([str(tmp_path / "new"), *flags])
    assert ending.value.code == 2
    assert flags[0] in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("below", ["", "folder"])
def test_a_file_in_place_of_the_folder_is_a_usage_error(
    below: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    with pytest.raises(SystemExit) as ending:
        main([str(file / below), *SIZE])
    assert ending.value.code == 2
    assert "must be a folder" in capsys.readouterr().err
    assert file.read_text() == "kept"


def test_a_folder_that_cannot_be_written_to_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)  # the superuser may write anywhere
    with pytest.raises(SystemExit) as ending:
        main([str(tmp_path), *SIZE])
    assert ending.value.code == 2
    assert "Permission denied" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("missing", ["lightgbm", "sklearn"])
def test_a_missing_library_is_told_with_what_to_type(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import lightgbm  # noqa: F401  it looks for sklearn once, and would never find it again in this process

    monkeypatch.setitem(sys.modules, missing, None)
    assert main([str(tmp_path / "new"), *SIZE]) == 2
    said = capsys.readouterr().err
    assert missing in said
    assert "pip install 'numerai-predict[example]'" in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("platform", "remedy"), [("darwin", "brew install libomp"), ("linux", "apt-get install libgomp1")]
)
def test_a_lightgbm_without_openmp_is_told_with_what_to_type(
    platform: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lightgbm.py").write_text("raise OSError('dlopen(lib_lightgbm.dylib): libomp.dylib\\nno such file')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lightgbm", raising=False)
    monkeypatch.setattr("sys.platform", platform)
    assert main([str(tmp_path / "new"), *SIZE]) == 2
    said = capsys.readouterr().err
    assert remedy in said
    assert said.count("\n") == 1
