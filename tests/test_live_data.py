"""The live features and benchmarks: what the model gets, and whose fault it is when they cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import ROWS, Run, assert_verdict

from predict.sandbox.worker.frames import read_frame

Pickled = Callable[[str], Path]


def _repeated(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.head(2)])


def _without_ids(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename({frame.index[0]: None})


UNUSABLE: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "no id": (lambda frame: frame.reset_index(drop=True), "no column named `id`"),
    "no rows": (lambda frame: frame.head(0), "it has no rows"),
    "repeated ids": (_repeated, "2 of its ids are there more than once"),
    "missing ids": (_without_ids, "1 of its rows have no id"),
    "numbers as ids": (lambda frame: frame.set_index(pd.Index(range(ROWS), name="id") / 2), "of type double"),
    "two levels": (lambda frame: frame.set_index("era", append=True), "its index has several levels"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_unusable_live_features_are_the_platforms_fault(
    kind: str, live_frame: pd.DataFrame, tmp_path: Path, pickled: Pickled, run: Run
) -> None:
    make, evidence = UNUSABLE[kind]
    path = tmp_path / "live.parquet"
    make(live_frame).to_parquet(path)
    report = run(pickled("raises"), dataset=str(path))
    assert_verdict(report, "Error", "dataset_unavailable")
    assert evidence in report.message


@pytest.mark.parametrize("content", [b"", b"not parquet", b"PAR1 but cut short"])
def test_a_file_that_is_not_parquet_is_the_platforms_fault(
    content: bytes, tmp_path: Path, pickled: Pickled, run: Run
) -> None:
    path = tmp_path / "live.parquet"
    path.write_bytes(content)
    report = run(pickled("good"), dataset=str(path))
    assert_verdict(report, "Error", "dataset_unavailable")
    assert "cannot be read as parquet" in report.message


def _damage(path: Path, column: str) -> None:
    """Overwrite one column's pages; the footer and the ids stay whole."""
    group = pq.ParquetFile(path).metadata.row_group(0)
    chunk = next(group.column(i) for i in range(group.num_columns) if group.column(i).path_in_schema == column)
    start = min(filter(None, (chunk.dictionary_page_offset, chunk.data_page_offset)))
    content = bytearray(path.read_bytes())
    content[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(content)


def test_damage_inside_the_live_features_is_the_platforms_fault(
    live_frame: pd.DataFrame, tmp_path: Path, pickled: Pickled, run: Run
) -> None:
    path = tmp_path / "live.parquet"
    live_frame.to_parquet(path)
    _damage(path, "feature_3")
    report = run(pickled("good"), dataset=str(path))
    assert_verdict(report, "Error", "dataset_unavailable")
    assert str(path) in report.message


@pytest.mark.parametrize("damaged", [False, True])
def test_unusable_benchmarks_are_the_platforms_fault(
    damaged: bool, live_frame: pd.DataFrame, tmp_path: Path, pickled: Pickled, run: Run
) -> None:
    path = tmp_path / "benchmarks.parquet"
    if damaged:
        live_frame.to_parquet(path)
        _damage(path, "feature_3")
    report = run(pickled("good_two_arguments"), benchmarks=str(path))
    assert_verdict(report, "Error", "dataset_unavailable")
    assert str(path) in report.message


def test_benchmarks_are_not_read_for_a_model_of_one_argument(tmp_path: Path, pickled: Pickled, run: Run) -> None:
    assert_verdict(run(pickled("good_default"), benchmarks=str(tmp_path / "nowhere.parquet")), "Success", None)


def test_benchmarks_of_other_ids_are_handed_over_unchanged_with_a_warning(
    live_frame: pd.DataFrame, tmp_path: Path, pickled: Pickled, run: Run
) -> None:
    path = tmp_path / "benchmarks.parquet"
    ids = pd.Index([*live_frame.index[5:], "n_of_last_week"], name="id")
    pd.DataFrame({"era": "X", "v53_lgbm_ender20": np.linspace(0, 1, len(ids))}, ids).to_parquet(path)
    report = run(pickled("good_bound_method"), benchmarks=str(path))
    assert_verdict(report, "Success", None)
    assert report.warnings == [
        "The benchmarks lack 5 live ids, have 1 others, and 0 more than once; the model gets them unchanged."
    ]


def test_an_id_column_serves_as_index(live_frame: pd.DataFrame, tmp_path: Path, pickled: Pickled, run: Run) -> None:
    path = tmp_path / "live.parquet"
    live_frame.reset_index().to_parquet(path)
    assert_verdict(run(pickled("good"), dataset=str(path)), "Success", None)


def test_ids_that_are_beyond_the_live_ones_are_dropped_with_a_warning(pickled: Pickled, run: Run) -> None:
    report = run(pickled("good_extra_ids"))
    assert report.predictions is not None
    assert report.predictions.rows == ROWS
    assert report.warnings == ["1 predictions are for ids that are not live ids; they were dropped."]


@pytest.mark.parametrize("groups", [1, 3])
def test_the_model_gets_the_frame_that_pandas_would_read(groups: int, live_frame: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "live.parquet"
    more = pd.DataFrame({f"x_{n}": live_frame["feature_0"] / (n + 1) for n in range(150)})
    odd = pd.DataFrame(
        {"label": pd.Categorical(["a", "b"] * (ROWS // 2)), "date": pd.Timestamp("2026-11-25")}, more.index
    )
    frame = pd.concat([live_frame, more, odd], axis=1)
    frame.to_parquet(path, row_group_size=ROWS // groups)
    pd.testing.assert_frame_equal(read_frame(pq.ParquetFile(path)), pd.read_parquet(path))
