"""Read the Arrow streams that the worker sends: one form, uncompressed, validated in full.

Unvalidated streams can crash their reader (https://arrow.apache.org/docs/format/Security.html), and compressed
ones of a few kilobytes can fill its memory. pyarrow cannot be told to refuse compression, so the one field that
announces it is looked up in each message's flatbuffer.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

MESSAGE_HEADER = 2  # Message.fbs: version, header_type, header, bodyLength
COMPRESSION = 3  # RecordBatch: length, nodes, buffers, compression


class StreamError(Exception):
    """Not a stream that the worker's own code would have written."""


def read_stream(stream: bytes, forms: Sequence[pa.Schema]) -> pa.Table:
    """Read a stream whose schema is one of the forms.

    Raises:
        StreamError: it has another schema, is compressed, or is not valid.
    """
    import pyarrow as pa

    try:
        if any(_is_compressed(message.metadata.to_pybytes()) for message in pa.ipc.MessageReader.open_stream(stream)):
            raise StreamError("it is compressed")
        reader = pa.ipc.open_stream(stream)
        if not any(reader.schema.equals(form) for form in forms):
            raise StreamError(f"it has the wrong form: {reader.schema.to_string(show_schema_metadata=False)[:200]}")
        table = reader.read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, struct.error) as error:
        raise StreamError(f"it is not valid: {str(error)[:200]}") from error
    return table


def _is_compressed(metadata: bytes) -> bool:
    header = _field(metadata, struct.unpack_from("<I", metadata)[0], MESSAGE_HEADER)
    if header is None:
        return False
    return _field(metadata, header + struct.unpack_from("<I", metadata, header)[0], COMPRESSION) is not None


def _field(buffer: bytes, table: int, number: int) -> int | None:
    """Where a table's field is, if it is set (https://flatbuffers.dev/internals)."""
    vtable = table - struct.unpack_from("<i", buffer, table)[0]
    size = struct.unpack_from("<H", buffer, vtable)[0]
    slot = 4 + 2 * number
    offset = struct.unpack_from("<H", buffer, vtable + slot)[0] if slot + 2 <= size else 0
    return table + offset if offset else None
