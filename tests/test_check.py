"""`from predict import check`, in a notebook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import cloudpickle
import pandas as pd
import pytest

import predict
from predict import check
from predict.errors import UsageError
from predict.job import Limits

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # as what is defined in a notebook
SUM = ["feature_0", "feature_1"]


def good(live_features: Any) -> Any:
    return live_features[SUM].sum(axis=1).rank(pct=True).to_frame("prediction")


def test_a_good_model_may_be_uploaded(
    live_frame: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = check(good, live_frame, save=tmp_path / "model.pkl")
    assert found
    assert found.report.status == "Success"
    assert repr(found) == f"Success: {len(live_frame)} predictions, all accepted."
    assert found.predictions is not None
    pd.testing.assert_frame_equal(found.predictions, good(live_frame), check_exact=False)
    shown = capsys.readouterr().out
    assert f"{len(live_frame)} predictions, all accepted" in shown
    assert "function good(live_features)" in shown
    assert (tmp_path / "model.pkl").stat().st_size == found.report.model.size  # type: ignore[union-attr]  # it has one


def test_a_bad_one_is_told_why(live_frame: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    found = check(lambda live_features: good(live_features) * 2, live_frame)
    assert not found
    assert (found.report.status, found.report.reason) == ("Failed", "out_of_range")
    assert found.predictions is None
    shown = capsys.readouterr().out
    assert "Failed (out_of_range)" in shown
    assert "What now" in shown
    assert repr(found).startswith("Failed (out_of_range)")


def test_a_model_of_two_arguments_gets_the_benchmarks(live: Path, benchmarks: Path) -> None:
    def blend(live_features: Any, live_benchmark_models: Any) -> Any:
        return good(live_features).add(live_benchmark_models["v53_lgbm_ender20"], axis=0) / 2

    found = check(blend, live, benchmarks)
    assert found, found.report
    assert check(blend, pd.read_parquet(live), pd.read_parquet(benchmarks))
    assert not check(blend, live), "without them it cannot run"


def test_the_limits_may_be_others(live_frame: pd.DataFrame) -> None:
    def slow(live_features: Any) -> Any:
        while len(live_features):
            pass

    found = check(slow, live_frame, limits=Limits(time=1))
    assert (found.report.status, found.report.reason) == ("Failed", "timeout")


def test_a_wrong_path_is_a_wrong_use() -> None:
    with pytest.raises(UsageError, match="does not exist"):
        check(good, "no.parquet")


def test_the_package_has_nothing_else() -> None:
    with pytest.raises(AttributeError, match="'predict' has no attribute 'chek'"):
        predict.chek  # noqa: B018  that is what is tried
