"""How a worker's life went: bare facts, which blame nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .messages import Last, Ready

Cause = Literal["startup", "timeout", "memory", "output", "answer", "protocol"]


@dataclass(frozen=True)
class Request:
    """What the worker is to run."""

    model: Path
    features: Path
    benchmarks: Path


@dataclass(frozen=True)
class Ending:
    """Facts, in the order in which they come about."""

    request: Request
    ready: Ready | None = None
    ids: bytes = field(default=b"", repr=False)
    """Arrow stream of the live ids, sent with `ready`: before the pickle was touched."""
    phase: str = "start"
    """What the worker said it was doing when it ended."""
    last: Last | None = None
    """The worker's last message, if it came to that."""
    payload: bytes = field(default=b"", repr=False)
    cause: Cause | None = None
    """Why we ended it, if it was us."""
    detail: str = ""
    exit_code: int | None = None
    signal: int | None = None
    trace: str = ""
    """faulthandler's dump."""
    errors: str = ""
    """The last of its stderr."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall clock by phase."""
    peak_memory: int = 0
    """Bytes."""
    cpu_seconds: float = 0.0
