"""What is asked for: frozen values, built once at the edge."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from predict.tournaments import CLASSIC, Tournament

Guards = Literal["strict", "auto", "off"]
MIB = 1024**2
GIB = 1024**3


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


@dataclass(frozen=True)
class Job:
    """One run. Secrets stay out of `repr`."""

    model: str = field(repr=False)
    dataset: str = CLASSIC.dataset
    benchmarks: str = CLASSIC.benchmarks
    output_dir: Path = Path("/tmp")  # noqa: S108  the documented default; file names in it are random
    post_url: str | None = field(default=None, repr=False)
    post_data: str | None = field(default=None, repr=False)
    report: Path | None = None
    events: Path | None = None
    termination_log: Path = Path("/dev/termination-log")
    limits: Limits = Limits()
    guards: Guards = "auto"
    preflight: bool = True
    """Whether a pickle that cannot run here is refused before it is loaded."""
    tournament: Tournament = CLASSIC
    """Whose rules the predictions must keep."""
