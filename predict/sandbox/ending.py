"""How a worker's life went: bare facts, which blame nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from predict.tournaments import CLASSIC, Tournament

from .messages import Inspected, Last, Ready

Cause = Literal[
    "no_model",
    "no_features",
    "unguarded",
    "startup",
    "mismatch",
    "timeout",
    "memory",
    "oom_kill",
    "processes",
    "disk",
    "output",
    "answer",
    "protocol",
]


@dataclass(frozen=True)
class OomKill:
    """The kernel's out-of-memory killer struck: in which cgroup, the cgroup's limit and peak in bytes.

    `ours`: nobody but the model and those who started it is in that group.
    """

    where: str
    limit: int | None
    peak: int | None
    ours: bool


@dataclass(frozen=True)
class Request:
    """What the worker is to run."""

    model: Path
    features: Path
    benchmarks: Path
    tournament: Tournament = field(default=CLASSIC, repr=False)


@dataclass(frozen=True)
class Ending:
    """Facts, in the order in which they come about."""

    request: Request
    mechanisms: dict[str, str | None] = field(default_factory=dict)
    """Why not for each mechanism that could lock the room; None where it holds."""
    ready: Ready | None = None
    ids: bytes = field(default=b"", repr=False)
    """Arrow stream of the live ids, sent with `ready`: before the pickle was touched."""
    inspected: Inspected | None = None
    """What the pickle told without being loaded."""
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
    peak_tasks: int = 0
    """Processes and threads together."""
    oom_kill: OomKill | None = None
    disk_full: bool = False
    """Whether the disk under the scratch folder had no room left at the end."""
    shared_memory: int | None = None
    """Bytes that all of /dev/shm has, if that is less than was promised."""
    shared_memory_full: bool = False
    """Whether it had no room left at the end, and the model less of it than was promised."""
    tasks_refused_at: int | None = None
    """How many processes and threads the container may have, if it refused one more during the run."""
    left_behind: bool = False
    """Whether a process of the model would not die."""
    cpu_seconds: float = 0.0
