"""The tournaments: by what names their rules know ids and values, and how many ids they want.

Names and numbers are those of `numerai_tools.submissions` 0.7.2.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from predict.errors import ModelReason, PlatformReason

Hints = Mapping[ModelReason | PlatformReason, str]

FOR_WORKER = ("ids", "values", "dropped", "index", "minimum")


def _hints(ids: str) -> Hints:
    """What to do now, where ids need not be the index."""
    frame = f"pd.DataFrame({{'{ids}': ids, 'prediction': values}})"
    return {
        "not_a_dataframe": f"Return {frame}.",
        "no_predictions": f"Return a row for each live id: {frame}.",
        "wrong_columns": f"Return the ids and one column, named 'prediction': {frame}.",
        "wrong_index": f"Return ids of the live data under their own name, each once: {frame}.",
        "dataset_unavailable": f"Check the live data: a parquet file with ids, such as `{ids}`. Then run again.",
    }


@dataclass(frozen=True)
class Tournament:
    """One of Numerai's tournaments."""

    name: str
    ids: tuple[str, ...]
    """Names that ids may go by, in the platform's order."""
    values: tuple[str, ...]
    """Names that the predictions' column may have, in the platform's order."""
    wanted: str
    """The same in words: those that a person should choose from."""
    dataset: str
    benchmarks: str
    index: str | None = None
    """What frames are indexed by, and answers too. None: as the file has it, and answers may have ids in a column."""
    dropped: tuple[str, ...] = ()
    """Columns of an answer that are not looked at."""
    minimum: int | None = None
    """How many live ids need a prediction; None: all."""
    hints: Hints = field(default_factory=dict)
    """Where they differ from those for everybody."""

    @property
    def headers(self) -> str:
        """The platform's words for wrong names."""
        return f"invalid_submission_headers: headers must be one of {list(self.ids)} and one of {list(self.values)}"

    def for_worker(self) -> bytes:
        """What the worker must know to read and to encode: it checks nothing."""
        return json.dumps({name: getattr(self, name) for name in FOR_WORKER}).encode()


CLASSIC = Tournament(
    name="classic",
    ids=("id",),
    values=("prediction", "probability"),
    wanted="'prediction'",
    dataset="v5.3/live.parquet",
    benchmarks="v5.3/live_benchmark_models.parquet",
    index="id",
)
SIGNALS = Tournament(
    name="signals",
    ids=("ticker", "sedol", "bloomberg_ticker", "composite_figi", "numerai_ticker"),
    values=("prediction", "signal"),
    wanted="'prediction' or 'signal'",
    dataset="signals/v3.0/live.parquet",
    benchmarks="signals/v3.0/live_benchmark_models.parquet",
    dropped=("data_type", "friday_date", "date"),
    minimum=100,
    hints=_hints("numerai_ticker"),
)
CRYPTO = Tournament(
    name="crypto",
    ids=("symbol",),
    values=("prediction", "signal"),
    wanted="'prediction' or 'signal'",
    dataset="crypto/v2.0/live.parquet",
    benchmarks="crypto/v2.0/live_benchmark_models.parquet",
    minimum=100,
    hints=_hints("symbol"),
)
TOURNAMENTS = {tournament.name: tournament for tournament in (CLASSIC, SIGNALS, CRYPTO)}
