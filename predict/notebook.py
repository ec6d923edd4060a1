"""Check a model where it is written, before it is uploaded.

    from predict import check
    check(predict, live_features)

pickles the function as the upload does, reads the pickle, runs it in the locked room under the platform's limits,
checks its predictions, and shows the verdict.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from predict.job import Job, Limits
from predict.report import Report
from predict.tournaments import CLASSIC, TOURNAMENTS, Tournament

if TYPE_CHECKING:
    import pandas as pd

    from predict.inspector.command import Inspection


@dataclass(frozen=True)
class Check:
    """What came of it."""

    report: Report
    """The report of the run, as `predict` writes it."""
    inspection: Inspection = field(repr=False)
    """What the pickle tells, and where it runs."""
    predictions: pd.DataFrame | None = field(repr=False)
    """What was accepted; None if nothing was."""

    def __bool__(self) -> bool:
        """Whether it may be uploaded."""
        return self.report.status == "Success"

    def __repr__(self) -> str:
        rows = self.report.predictions.rows if self.report.predictions else 0
        return f"Success: {rows} predictions, all accepted." if self else self.report.to_line()


def check(  # noqa: PLR0913  what is seldom needed is keyword-only
    model: Callable[..., Any] | Any,
    live_features: pd.DataFrame | str | Path,
    benchmarks: pd.DataFrame | str | Path | None = None,
    *,
    save: str | Path | None = None,
    limits: Limits | None = None,
    tournament: str = CLASSIC.name,
) -> Check:
    """Do with a model what the platform does every day, and show the verdict.

    Args:
        model: what would be uploaded: a function of the live features, or of these and the benchmark models'
            predictions.
        live_features: one row for each live id, which is the index; or the parquet file of it.
        benchmarks: predictions of the benchmark models for the same ids, for a model of two arguments.
        save: where to keep the pickle that was checked, so that the very same is uploaded.
        limits: the platform's own, unless others are given.
        tournament: whose rules the predictions must keep: classic, signals or crypto.

    Raises:
        pickle.PicklingError: the model cannot be pickled, and so not be uploaded.
        UsageError: a path is wrong.
    """
    import cloudpickle

    from predict.inspector.command import inspect
    from predict.runner import run

    with tempfile.TemporaryDirectory(prefix="predict-check-") as name:
        folder, rules = Path(name), TOURNAMENTS[tournament]
        file = Path(save) if save else folder / "model.pkl"
        file.write_bytes(cloudpickle.dumps(model))
        job = Job(
            model=str(file),
            dataset=str(_parquet(live_features, folder / "live.parquet", rules)),
            benchmarks="benchmarks"
            if benchmarks is None
            else str(_parquet(benchmarks, folder / "benchmarks.parquet", rules)),
            output_dir=folder,
            limits=limits or Limits(),
            tournament=rules,
        )
        inspection = inspect(file)
        report = run(job)
        found = Check(report, inspection, _predictions(report))
    _show(found)
    return found


def _parquet(frame: pd.DataFrame | str | Path, path: Path, rules: Tournament) -> Path:
    """Write a frame where the runner can read it; a file stays where it is."""
    if isinstance(frame, str | Path):
        return Path(frame)
    (frame.rename_axis(rules.index) if rules.index else frame).to_parquet(path)
    return path


def _predictions(report: Report) -> pd.DataFrame | None:
    import pandas as pd

    return pd.read_csv(report.predictions.file, index_col=0) if report.predictions else None


def _show(found: Check) -> None:
    """On a terminal or in a notebook, which rich tells apart."""
    from rich.console import Console

    from predict.inspector.view import verdict

    Console(highlight=False).print(verdict(found.report, found.inspection))
