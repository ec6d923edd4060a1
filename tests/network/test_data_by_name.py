"""Live features and benchmarks by the names that Numerai has for them: numerapi itself, against a double of the API."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, assert_verdict, dumps_by_value

from network import misbehaving as does
from network.misbehaving import Server, Waits
from network.numerai import Double
from predict.datasets import Datasets
from predict.errors import PlatformError
from predict.job import Job

LIVE, BENCHMARKS = "v5.3/live.parquet", "v5.3/live_benchmark_models.parquet"
SECRET = "SECRETCANARY"


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def datasets(output_dir: Path, warnings: list[str]) -> Datasets:
    return Datasets(Job("model.pkl", output_dir=output_dir), warnings.append)


def gets(server: Server) -> int:
    return sum(asked.method == "GET" for asked in server.asked)


def test_a_dataset_comes_under_its_own_name(numerai: Double, datasets: Datasets, output_dir: Path) -> None:
    numerai.files[LIVE] = b"today"
    assert datasets.fetch(LIVE) == output_dir / LIVE
    assert (output_dir / LIVE).read_bytes() == b"today"
    assert numerai.queries[0]["variables"] == {"filename": LIVE, "tournament": 8}
    assert numerai.tokens == [None]
    assert not list(output_dir.glob(".predict-*"))


def test_what_is_there_and_the_newest_is_not_fetched_again(numerai: Double, datasets: Datasets, server: Server) -> None:
    numerai.files[LIVE] = b"today"
    datasets.fetch(LIVE)
    numerai.files[LIVE] = b"not read"[:5]
    assert datasets.fetch(LIVE).read_bytes() == b"today"


def test_tomorrows_data_of_todays_size_are_fetched(numerai: Double, datasets: Datasets) -> None:
    numerai.files[LIVE] = b"today"
    datasets.fetch(LIVE)
    numerai.files[LIVE], numerai.modified = b"morow", "Fri, 27 Nov 2026 12:00:00 GMT"
    assert datasets.fetch(LIVE).read_bytes() == b"morow"


def test_a_dataset_that_does_not_exist_is_said_at_once(numerai: Double, datasets: Datasets, waits: Waits) -> None:
    with pytest.raises(PlatformError, match=r"v5.3/live.parquet: Numerai says: Dataset not found\.") as caught:
        datasets.fetch(LIVE)
    assert caught.value.reason == "dataset_unavailable"
    assert waits.seconds == []


def test_without_an_answer_what_is_there_is_used_and_its_age_told(
    numerai: Double, datasets: Datasets, server: Server, waits: Waits, output_dir: Path, warnings: list[str]
) -> None:
    (output_dir / "v5.3").mkdir()
    (output_dir / LIVE).write_bytes(b"yesterday")
    os.utime(output_dir / LIVE, (1_790_000_000, 1_790_000_000))
    server.will(does.say(503))
    assert datasets.fetch(LIVE).read_bytes() == b"yesterday"
    assert "could not be asked for a newer" in warnings[0]
    assert "2026-09-21" in warnings[0]
    assert len(server.asked) == 2


def test_without_an_answer_and_a_file_the_platform_is_at_fault(
    numerai: Double, datasets: Datasets, server: Server, waits: Waits, output_dir: Path
) -> None:
    server.will(does.say(503, b"down"))
    with pytest.raises(PlatformError, match=r"503 Service Unavailable: down \(10 attempts in"):
        datasets.fetch(LIVE)
    assert not list(output_dir.iterdir())


def test_a_cut_download_goes_on(numerai: Double, datasets: Datasets, server: Server, waits: Waits) -> None:
    body = os.urandom(100_000)
    numerai.files[LIVE] = body
    server.will(numerai, does.ranges(body, 40_000), does.ranges(body))
    assert datasets.fetch(LIVE).read_bytes() == body


@pytest.mark.parametrize("arguments", [1, 2])
def test_benchmarks_are_fetched_only_for_models_that_take_them(
    arguments: int, numerai: Double, run: Run, live: Path, benchmarks: Path, tmp_path: Path, server: Server
) -> None:
    numerai.files = {LIVE: live.read_bytes(), BENCHMARKS: benchmarks.read_bytes()}
    one = lambda live: live[["feature_0"]].rank(pct=True).set_axis(["prediction"], axis=1)  # noqa: E731  a pickled lambda
    two = lambda live, benchmarks: benchmarks.iloc[:, -1:].set_axis(["prediction"], axis=1)  # noqa: E731  the same
    model = tmp_path / "model.pkl"
    model.write_bytes(dumps_by_value(one if arguments == 1 else two))
    report = run(model, dataset=LIVE, benchmarks=BENCHMARKS)
    assert_verdict(report, "Success", None)
    assert gets(server) == arguments


def test_benchmarks_that_cannot_be_had_are_the_platforms_fault(
    numerai: Double, run: Run, live: Path, pickled: Callable[[str], Path]
) -> None:
    numerai.files = {LIVE: live.read_bytes()}
    report = run(pickled("good_two_arguments"), dataset=LIVE, benchmarks=BENCHMARKS)
    assert_verdict(report, "Error", "dataset_unavailable")
    assert "Dataset not found" in report.message
