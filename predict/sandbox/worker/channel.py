"""The way back to the supervisor."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

CHANNEL_GONE = 97


class Channel:
    """One pipe; only the process that opened it may use it, no fork of the model."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._owner = os.getpid()
        self.phase = "start"

    def send(self, message: dict[str, Any], payload: pa.Table | None = None) -> None:
        """Write one message, whole; a payload follows its line as an Arrow stream."""
        if os.getpid() != self._owner:
            os._exit(0)
        stream = b"" if payload is None else _arrow_stream(payload)
        line = json.dumps(message if payload is None else message | {"bytes": len(stream)}).encode()
        for part in (line + b"\n", stream):
            rest = memoryview(part)
            while rest:
                rest = rest[self._write(rest) :]

    def _write(self, rest: memoryview) -> int:
        try:
            return os.write(self._descriptor, rest)
        except OSError:  # the model closed it, or put something else in its place
            os._exit(CHANNEL_GONE)

    def enter(self, phase: str) -> None:
        """Say what comes next, so that a death in it can be told."""
        self.phase = phase
        self.send({"type": "phase", "name": phase})


def _arrow_stream(table: pa.Table) -> memoryview:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())
