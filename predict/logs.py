"""The log's two forms: `LEVEL:root:message`, as people grep it, and JSON lines."""

from __future__ import annotations

import json
import logging
import re
from datetime import datetime, timezone
from typing import Literal

from predict.printable import printable
from predict.redaction import scrub

Form = Literal["text", "json"]


# They log queries in a spelling of their own, or headers with signatures and keys.
TELL_QUERIES = re.compile(r"(urllib3|requests)\b")
TELL_KEYS = ("botocore", "aiobotocore", "boto3", "s3fs", "gcsfs", "fsspec", "google", "aiohttp")
QUERY = re.compile(r"\?[^\s\"']*")


def set_up_logging(*, debug: bool, form: Form) -> None:
    """Log to stderr in one form."""
    for name in TELL_KEYS:
        logging.getLogger(name).setLevel(logging.WARNING)
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
        return printable(_without_secrets(record, super().format(record))).replace("\n", "\n    ")


def _without_secrets(record: logging.LogRecord, text: str) -> str:
    return scrub(QUERY.sub("?…", text) if TELL_QUERIES.match(record.name) else text)


class JsonLines(logging.Formatter):
    """One JSON object a record: time, level, message."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        time = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        return json.dumps({"time": time, "level": record.levelname, "message": _without_secrets(record, message)})
