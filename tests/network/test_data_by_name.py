"""Live features and benchmarks by the names that Numerai has for them: numerapi itself, against a double of the API."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, assert_verdict

from network import misbehaving as does
from network.misbehaving import Server, Waits
from network.numerai import Double
from predict.arguments import make_job, make_parser
from predict.datasets import Datasets
from predict.errors import PlatformError
from predict.job import Job, Limits

LIVE, BENCHMARKS = "v5.3/live.parquet", "v5.3/live_benchmark_models.parquet"
Pickled = Callable[[str], Path]


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def datasets(output_dir: Path, warnings: list[str]) -> Datasets:
    return Datasets(Job("model.pkl", output_dir=output_dir), warnings.append)


@pytest.fixture
def real(numerai: Double, live: Path, benchmarks: Path) -> Double:
    """With datasets that a model can be run on."""
    numerai.files = {LIVE: live.read_bytes(), BENCHMARKS: benchmarks.read_bytes()}
    return numerai


def test_a_dataset_comes_under_its_own_name(numerai: Double, datasets: Datasets, output_dir: Path) -> None:
    numerai.files[LIVE] = b"today"
    assert datasets.fetch(LIVE) == output_dir / LIVE
    assert (output_dir / LIVE).read_bytes() == b"today"
    assert numerai.queries[0]["variables"] == {"filename": LIVE, "tournament": 8}
    assert numerai.tokens == [None]
    assert not list(output_dir.glob(".predict-*"))


def test_what_is_there_and_the_newest_is_not_fetched_again(numerai: Double, datasets: Datasets) -> None:
    numerai.files[LIVE] = b"today"
    datasets.fetch(LIVE)
    numerai.files[LIVE] = b"other"  # of the same size and date
    assert datasets.fetch(LIVE).read_bytes() == b"today"


def test_tomorrows_data_of_todays_size_are_fetched(numerai: Double, datasets: Datasets) -> None:
    numerai.files[LIVE] = b"today"
    datasets.fetch(LIVE)
    numerai.files[LIVE], numerai.modified = b"morow", "Fri, 27 Nov 2026 12:00:00 GMT"
    assert datasets.fetch(LIVE).read_bytes() == b"morow"


@pytest.mark.usefixtures("numerai")
def test_a_dataset_that_does_not_exist_is_said_at_once(datasets: Datasets, waits: Waits) -> None:
    with pytest.raises(PlatformError, match=r"v5.3/live.parquet: Numerai says: Dataset not found\.") as caught:
        datasets.fetch(LIVE)
    assert caught.value.reason == "dataset_unavailable"
    assert waits.seconds == []


@pytest.mark.usefixtures("numerai")
def test_without_an_answer_what_is_there_is_used_and_its_age_told(
    datasets: Datasets, server: Server, output_dir: Path, warnings: list[str]
) -> None:
    (output_dir / "v5.3").mkdir()
    (output_dir / LIVE).write_bytes(b"yesterday")
    os.utime(output_dir / LIVE, (1_790_000_000, 1_790_000_000))
    server.will(does.say(503))
    assert datasets.fetch(LIVE).read_bytes() == b"yesterday"
    assert "could not be asked for a newer" in warnings[0]
    assert "2026-09-21" in warnings[0]
    assert len(server.asked) == 2


@pytest.mark.parametrize("act", [does.say(403), does.say(500), does.dripping])
def test_yesterdays_data_are_not_used_where_there_are_todays(
    act: does.Act, numerai: Double, server: Server, output_dir: Path
) -> None:
    (output_dir / "v5.3").mkdir()
    (output_dir / LIVE).write_bytes(b"yesterday")
    numerai.files[LIVE] = b"today's"
    server.will(numerai, act)
    datasets = Datasets(Job("model.pkl", output_dir=output_dir, limits=Limits(transfer=0.5)), print)
    with pytest.raises(PlatformError) as caught:
        datasets.fetch(LIVE)
    assert caught.value.reason == "dataset_unavailable"
    assert (output_dir / LIVE).read_bytes() == b"yesterday"


def test_the_folder_we_are_in_takes_data_too(
    numerai: Double, output_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(output_dir)
    numerai.files[LIVE] = b"today"
    assert Datasets(Job("model.pkl", output_dir=Path()), print).fetch(LIVE).read_bytes() == b"today"
    assert (output_dir / LIVE).read_bytes() == b"today"


@pytest.mark.usefixtures("numerai")
def test_without_an_answer_and_a_file_the_platform_is_at_fault(
    datasets: Datasets, server: Server, output_dir: Path
) -> None:
    server.will(does.say(503, b"down"))
    with pytest.raises(PlatformError, match=r"503 Service Unavailable: down \(10 attempts in"):
        datasets.fetch(LIVE)
    assert not list(output_dir.iterdir())


def test_a_cut_download_goes_on(numerai: Double, datasets: Datasets, server: Server) -> None:
    body = os.urandom(100_000)
    numerai.files[LIVE] = body
    server.will(numerai, does.ranges(body, 40_000), does.ranges(body))
    assert datasets.fetch(LIVE).read_bytes() == body


@pytest.mark.parametrize(("name", "files"), [("good", 1), ("good_two_arguments", 2)])
def test_benchmarks_are_fetched_only_for_models_that_take_them(
    name: str, files: int, real: Double, run: Run, pickled: Pickled
) -> None:
    assert_verdict(run(pickled(name), dataset=LIVE, benchmarks=BENCHMARKS), "Success", None)
    assert sum(asked.method == "GET" for asked in real.server.asked) == files


def test_benchmarks_that_cannot_be_had_are_the_platforms_fault(real: Double, run: Run, pickled: Pickled) -> None:
    del real.files[BENCHMARKS]
    report = run(pickled("good_two_arguments"), dataset=LIVE, benchmarks=BENCHMARKS)
    assert_verdict(report, "Error", "dataset_unavailable")
    assert "Dataset not found" in report.message


SETS = {
    "v5.1": ["feature_0", "feature_of_old", "feature_older"],
    "v5.2": ["feature_0", "feature_of_old"],
    "v5.3": ["x"],
}


def test_features_of_another_version_are_counted_and_their_version_named(
    real: Double, run: Run, pickled: Pickled
) -> None:
    real.files |= {
        f"{version}/features.json": json.dumps({"feature_sets": {"all": names}}).encode()
        for version, names in SETS.items()
    }
    report = run(pickled("asks_for_old_features"), dataset=LIVE)
    assert_verdict(report, "Failed", "model_raised")
    assert str(report.hint).startswith("2 features are not in ")
    assert "(feature_of_old, feature_older): the model was trained on another version of the data." in str(report.hint)
    assert str(report.hint).endswith("v5.1 has them all: run it with --data_version v5.1.")


@pytest.mark.usefixtures("real")
def test_where_nobody_knows_the_version_the_hint_is_shorter(run: Run, pickled: Pickled) -> None:
    report = run(pickled("asks_for_old_features"), dataset=LIVE)
    assert str(report.hint).endswith("--data_version v5.2, say), or train it again on this one.")


@pytest.mark.parametrize("odd", [b'{"feature_sets": {"all": null}}', b"[]", b"{}", b"no JSON"])
def test_odd_files_of_features_change_no_verdict(odd: bytes, real: Double, run: Run, pickled: Pickled) -> None:
    real.files["v5.1/features.json"] = odd
    assert_verdict(run(pickled("asks_for_old_features"), dataset=LIVE), "Failed", "model_raised")


def test_a_model_whose_arguments_nobody_knows_does_not_wait_for_benchmarks(
    run: Run, pickled: Pickled, numerai: Double, server: Server
) -> None:
    server.will(does.say(503))
    assert_verdict(run(pickled("good_estimator"), benchmarks=BENCHMARKS), "Success", None)
    assert (len(server.asked), numerai.queries) == (2, [])


@pytest.mark.parametrize("name", ["no_arguments", "three_arguments", "needs_keyword"])
def test_a_model_that_cannot_be_called_is_no_matter_of_benchmarks(
    name: str, run: Run, pickled: Pickled, server: Server
) -> None:
    assert_verdict(run(pickled(name), benchmarks=BENCHMARKS), "Failed", "bad_signature")
    assert not server.asked


def test_local_data_ask_nobody(run: Run, pickled: Pickled, server: Server) -> None:
    report = run(pickled("asks_for_old_features"))
    assert str(report.hint).startswith("2 features are not in ")
    assert not server.asked


@pytest.mark.parametrize(
    ("words", "dataset"),
    [
        ([], "v5.3/live.parquet"),
        (["--data_version", "v5.2"], "v5.2/live.parquet"),
        (["--data_version", "v5.2", "--dataset", "v5.1/live.parquet"], "v5.1/live.parquet"),
        (["--data_version", "v2.1", "--tournament", "signals"], "signals/v2.1/live.parquet"),
    ],
)
def test_the_version_of_the_data_is_that_of_the_defaults(words: list[str], dataset: str) -> None:
    assert make_job(make_parser([]).parse(["--model", "model.pkl", *words])).dataset == dataset
