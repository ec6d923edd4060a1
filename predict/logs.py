"""The log's two forms: `LEVEL:root:message`, as people grep it, and JSON lines."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timezone
from typing import Literal

from predict.printable import printable
from predict.redaction import scrub

Form = Literal["text", "json"]


def set_up_logging(*, debug: bool, form: Form) -> None:
    """Log to stderr in one form."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else Text())
    logging.basicConfig(level=logging.DEBUG if debug else logging.INFO, handlers=[handler], force=True)


class Text(logging.Formatter):
    """`LEVEL:root:message`; further lines are indented, so that no model can write a line of ours."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s:root:%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One record; with `extra={"plain": True}` as it stands."""
        if getattr(record, "plain", False):
            return scrub(record.getMessage())
        return printable(scrub(super().format(record))).replace("\n", "\n    ")


class JsonLines(logging.Formatter):
    """One JSON object a record: time, level, message."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        time = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        return json.dumps({"time": time, "level": record.levelname, "message": scrub(message)})
