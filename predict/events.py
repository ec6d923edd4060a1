"""What happens, while it happens: one JSON line for each status and phase."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from predict.statuses import Statuses

logger = logging.getLogger(__name__)

Status = Literal["Pending", "Running", "Validating", "Success", "Failed", "Error"]


class Events:
    """Appends to a file, or nowhere. An event that cannot be written never changes a verdict."""

    def __init__(self, path: Path | None, statuses: Statuses) -> None:
        self._path = path
        self._statuses = statuses

    def status(
        self,
        status: Status,
        reason: str | None = None,
        message: str | None = None,
        **more: object,
    ) -> None:
        """A status transition, in the platform's words; `more` is for whoever waits at the status URL."""
        event = {"status": status, "reason": reason, "message": message}
        self._append({"event": "status", **event})
        self._statuses.post({"time": _now(), **event, **more})

    def phase(self, phase: str) -> None:
        """A phase within a status begins."""
        self._append({"event": "phase", "phase": phase})

    def _append(self, event: dict[str, str | None]) -> None:
        if self._path is None:
            return
        line = json.dumps({"time": _now()} | {key: value for key, value in event.items() if value is not None})
        try:
            with open(self._path, "ab", opener=_open_now) as file:
                file.write(line.encode() + b"\n")
        except OSError as error:
            logger.warning("Cannot write events: %s", error)
            self._path = None


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def _open_now(path: str, flags: int) -> int:
    """Open without waiting: a pipe that nobody reads is an error, not a run that hangs."""
    return os.open(path, flags | os.O_NONBLOCK, 0o666)
