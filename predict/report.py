"""What we tell the world about a run: JSON, one line, a few lines for a person.

The JSON form is described by `report.schema.json` beside this file, which `make schema` writes from here. Keys
may be added without a new `schema_version`; a key that goes or changes its meaning raises it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from predict import atomic
from predict.errors import ModelReason, PlatformReason, Problem
from predict.job import Accelerate

TERMINATION_LOG_CAP = 4096  # Kubernetes keeps no more
ESCAPED = "backslashreplace"  # a path need not be UTF-8

Status = Literal["Success", "Failed", "Error"]
Bytes = Annotated[int, Meta(ge=0, description="bytes")]
Seconds = Annotated[float, Meta(ge=0, description="seconds")]
Count = Annotated[int, Meta(ge=0)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Limit(msgspec.Struct, frozen=True):
    """One promise: its value, and what keeps it on this machine (null: nothing does)."""

    name: str
    value: float | None
    unit: Literal["seconds", "bytes", "count"] | None
    enforced_by: str | None


class Model(msgspec.Struct, frozen=True):
    """The file that was run."""

    file: str
    size: Bytes
    sha256: Sha256


class Author(msgspec.Struct, frozen=True):
    """Who pickled the model, as far as its bytes betray that."""

    pythons: Annotated[
        list[str] | None, Meta(description="CPython versions that the code may be of, such as 3.12; null: it has none")
    ]
    libraries: Annotated[dict[str, str], Meta(description="versions as pip specifies them, such as ==1.6.1 or <3")]
    unreadable: Annotated[str | None, Meta(description="why the pickle could not be read without loading it")]


class Acceleration(msgspec.Struct, frozen=True):
    """What of LightGBM's work was done by faster code, with the same bits."""

    mode: Accelerate
    boosters: Count
    trees: Count
    rows: Count
    declined: Annotated[dict[str, Count], Meta(description="how often LightGBM itself did something, by reason")]


class Written(msgspec.Struct, frozen=True):
    """The CSV of the accepted predictions."""

    file: str
    rows: int
    column: str
    sha256: Sha256


class Delivery(msgspec.Struct, frozen=True):
    """One place that took the predictions: a URL without its query, or a model of an account at Numerai."""

    way: Literal["post", "put", "submit"]
    to: str
    id: Annotated[str | None, Meta(description="of the submission")] = None


class Versions(msgspec.Struct, frozen=True):
    """What ran the model."""

    runner: str
    ref: str
    python: str
    platform: str
    libraries: dict[str, str]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run. Every ending that the supervisor survives has one."""

    schema_version: Literal[1] = 1
    status: Status
    exit_code: Annotated[int, Meta(ge=0, le=255)]
    reason: ModelReason | PlatformReason | None
    message: str
    hint: str | None
    trace: Annotated[str | None, Meta(description="where the model was: a Python traceback, or faulthandler's dump")]
    problems: Annotated[list[Problem], Meta(description="every rule that the predictions break")]
    warnings: list[str]
    started: Annotated[str, Meta(description="ISO 8601, UTC")]
    timings: Annotated[dict[str, Seconds], Meta(description="wall clock by phase, and `total`")]
    peak_memory: Annotated[Bytes | None, Meta(description="of the model's processes, bytes")]
    cpu_seconds: Annotated[
        Seconds | None, Meta(description="of all processes of the run but the supervisor, user and system")
    ]
    peak_tasks: Annotated[Count | None, Meta(description="processes and threads of the model at one time")]
    limits: Annotated[list[Limit], Meta(description="empty if the run ended before the model's process was locked in")]
    guards: Annotated[
        dict[str, str | None], Meta(description="why not for each mechanism that could guard; null where it holds")
    ]
    versions: Versions
    model: Model | None
    made_by: Annotated[Author | None, Meta(description="null if the run ended before the pickle was read")]
    acceleration: Annotated[Acceleration | None, Meta(description="null if the run ended before the model could tell")]
    predictions: Written | None
    deliveries: list[Delivery]

    def to_json(self) -> bytes:
        """The whole report, indented."""
        return json.dumps(msgspec.to_builtins(self), indent=2, ensure_ascii=False).encode(errors=ESCAPED) + b"\n"

    def to_line(self) -> str:
        """Status, reason, message and hint in one line."""
        head = f"{self.status} ({self.reason})" if self.reason else self.status
        return " ".join(f"{head}: {self.message} {self.hint or ''}".split())

    def write(self, path: Path) -> None:
        """Write the JSON form, whole or not at all.

        Raises:
            OSError: it cannot be written; no part of it is left.
        """
        atomic.write(path, self.to_json())

    def write_termination_log(self, path: Path) -> None:
        """Write the one-line form where Kubernetes looks for it, if it does.

        Raises:
            OSError: the file is there but cannot be written.
        """
        if path.exists():
            line = self.to_line().encode(errors=ESCAPED)[:TERMINATION_LOG_CAP]
            path.write_bytes(line.decode(errors="ignore").encode())


def schema() -> bytes:
    """The JSON Schema of a report."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Report))) + b"\n"
