"""From the worker's bytes to live ids and answer, trusting neither more than when it was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from predict.errors import ModelFailed, PlatformError
from predict.printable import printable
from predict.submission import Submission

from .arrow_stream import StreamError, read_stream
from .messages import Answer

if TYPE_CHECKING:
    import pyarrow as pa

    from .ending import Ending

LiveIds = dict[str, list[str]]
"""By the names of their columns, in the file's order."""


def live_ids(ending: Ending) -> LiveIds:
    """What the answer is looked up in: who has no id under a name cannot be found by it, who has it twice can.

    Raises:
        PlatformError: `internal`; they came before the pickle was touched.
    """
    import pyarrow as pa

    names = ending.ready.ids if ending.ready else []
    try:
        table = read_stream(ending.ids, [pa.schema([(name, pa.string()) for name in names])])
    except StreamError as error:
        raise PlatformError("internal", f"The worker's live ids cannot be read: {error}.") from error
    columns = {name: dict.fromkeys(table.column(name).to_pylist()) for name in names}
    return {name: [text for text in texts if text is not None] for name, texts in columns.items()}


def submission(ending: Ending, answer: Answer) -> Submission:
    """What the model returned.

    Raises:
        ModelFailed: `bad_answer`.
    """
    return Submission(
        id=None if answer.id is None else printable(answer.id),
        columns=[printable(name) for name in answer.columns],
        count=answer.count,
        dtype=printable(answer.dtype),
        numeric=answer.numeric,
        table=_answered_table(ending.payload),
    )


def _answered_table(stream: bytes) -> pa.Table:
    import pyarrow as pa

    forms = [pa.schema([("id", pa.string()), ("value", kind)]) for kind in (pa.float64(), pa.string())]
    try:
        return read_stream(stream, forms)
    except StreamError as error:
        raise ModelFailed("bad_answer", printable(f"The answer cannot be read: {error}.")) from error
