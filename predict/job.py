"""What is asked for: frozen values, built once at the edge."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from predict.redaction import in_form, in_url
from predict.tournaments import CLASSIC, Tournament

Guards = Literal["strict", "auto", "off"]
Accelerate = Literal["auto", "off"]
MIB = 1024**2
GIB = 1024**3
STORES = ("s3://", "gs://")
DATASET_NAME = re.compile(r"(\w+/)?v\d+(\.\d+)*/(?!.*\.\.)[\w./-]+", re.ASCII)


def is_url(name: str) -> bool:
    """Whether a model is named by URL."""
    return name.lower().startswith(("http", *STORES))


def is_dataset_name(name: str) -> bool:
    """Whether a dataset is named as Numerai does: v5.3/live.parquet."""
    return DATASET_NAME.fullmatch(name) is not None


@dataclass(frozen=True)
class Limits:
    """The platform's published limits, and caps on what a model may send us."""

    time: float = 600.0
    """Seconds of wall clock from loading the pickle to the complete answer."""
    memory: int = 4 * GIB
    """Bytes that the model's processes may hold together."""
    cpus: int = 1
    """CPUs that the model's processes share."""
    disk: int = 2 * GIB
    """Bytes that the model may keep in files, shared memory included."""
    files: int = 20_000
    """Files and folders that it may make."""
    processes: int = 512
    """Processes and threads together."""
    output: int = 64 * MIB
    """Bytes that the model may print to stdout and stderr."""
    answer: int = 64 * MIB
    """Bytes that the predictions may take on the pipe."""
    startup: float = 120.0
    """Seconds that the worker may take for its own imports."""
    transfer: float = 300.0
    """Seconds that one transfer may take, with all its attempts."""
    model: int = 8 * GIB
    """Bytes of a model that is downloaded."""


@dataclass(frozen=True)
class Job:
    """One run. Secrets stay out of `repr`."""

    model: str = field(repr=False)
    dataset: str = CLASSIC.dataset
    benchmarks: str = CLASSIC.benchmarks
    output_dir: Path = Path("/tmp")  # noqa: S108  the documented default; file names in it are random
    post_url: str | None = field(default=None, repr=False)
    post_data: str | None = field(default=None, repr=False)
    put_url: str | None = field(default=None, repr=False)
    report_url: str | None = field(default=None, repr=False)
    status_url: str | None = field(default=None, repr=False)
    submit: str | None = None
    """The model of whose account the predictions are submitted for."""
    keys: tuple[str, str] | None = field(default=None, repr=False)
    """Public id and secret key of Numerai's API."""
    model_sha256: str | None = None
    report: Path | None = None
    events: Path | None = None
    termination_log: Path = Path("/dev/termination-log")
    limits: Limits = Limits()
    guards: Guards = "auto"
    accelerate: Accelerate = "auto"
    """Whether LightGBM's trees are walked by code of ours, which gives the same bits."""
    preflight: bool = True
    """Whether a pickle that cannot run here is refused before it is loaded."""
    tournament: Tournament = CLASSIC
    """Whose rules the predictions must keep."""

    @property
    def delivers(self) -> bool:
        """Whether the predictions go anywhere."""
        return any((self.post_url, self.put_url, self.submit))

    @property
    def shown(self) -> list[str]:
        """What would be shown on the command line and is a secret."""
        urls = (self.model if is_url(self.model) else None, self.put_url, self.report_url, self.status_url)
        return [text for text in (*urls, self.post_url, self.post_data) if text]

    @property
    def secrets(self) -> set[str]:
        """All that must not be told, in whole and in parts."""
        parts = (in_form(text) if text == self.post_data else in_url(text) for text in self.shown)
        told = f"{self.output_dir}/live_predictions-.csv {self.dataset} {self.benchmarks}"  # by us, in any case
        return {text for text in set().union(*parts, self.keys or ()) if text not in told}
