"""What a model returned, whole and well-formed, but not yet checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Submission:
    """`columns` are the first names of `count`; `id` is the name of the ids, be they the index or a column.

    `table` has the columns `id` (string) and `value` (double, or string as `to_csv` writes it): that of the
    column with a name for values, else that of the first one, which is of `dtype`.
    """

    id: str | None
    columns: Sequence[str]
    count: int
    dtype: str
    numeric: bool
    table: pa.Table
