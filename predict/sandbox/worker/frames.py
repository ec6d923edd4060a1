"""Read the live features and the benchmarks."""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from .channel import Channel
    from .tournament import Tournament

COLUMNS_AT_ONCE = 16
SHOWN = 100


class DatasetError(Exception):
    """The live features cannot be used, whatever the model is."""


def open_features(opened: IO[bytes], tournament: Tournament) -> tuple[pq.ParquetFile, pa.Table]:
    """Open the live features and read their ids: a table of strings, a column for each name that they go by.

    Raises:
        DatasetError: not a parquet file, no rows, no ids or too few. If they are to be the index, also an id that
            is missing, there twice or no name; other universes have such, and an answer is only looked up in them.
    """
    import pyarrow as pa

    try:
        file = open_parquet(opened)
        if file.metadata.num_rows == 0:
            raise DatasetError("it has no rows")
        ids = _read_ids(file, _id_columns(file.schema_arrow, tournament))
        if tournament.index:
            _refuse_odd_ids(ids.column(tournament.index))
        if tournament.minimum:
            _refuse_too_few(ids, tournament.minimum)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(f"it cannot be read as parquet: {error}") from error
    return file, ids


def _read_ids(file: pq.ParquetFile, names: list[str]) -> pa.Table:
    import pyarrow as pa

    ids = pa.table([file.read(columns=[name]).column(name).cast(pa.string()) for name in names], names=names)
    ids.validate(full=True)
    return ids


def open_parquet(opened: IO[bytes]) -> pq.ParquetFile:
    """Open a parquet file that is open already; as fast as by its path."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.ParquetFile(pa.PythonFile(opened, mode="r"))


def _id_columns(schema: pa.Schema, tournament: Tournament) -> list[str]:
    """The columns of ids: that of the index first, for it is what an index without a name means."""
    import pyarrow as pa

    index = (schema.pandas_metadata or {}).get("index_columns", [])
    if tournament.index:
        _refuse_odd_index(schema, index, tournament.index)
        return [tournament.index]
    known = [field.name for field in schema if field.name in tournament.ids and not pa.types.is_null(field.type)]
    if not known:
        raise DatasetError(f"it has no index and no column named {' or '.join(f'`{name}`' for name in tournament.ids)}")
    for name in known:
        _refuse_odd_column(schema, name)
    return sorted(known, key=lambda name: name not in index)


def _refuse_odd_index(schema: pa.Schema, index: list[object], name: str) -> None:
    if name not in schema.names:
        raise DatasetError(f"it has no index and no column named `{name}`")
    if name in index and len(index) > 1 and schema.names.count(name) == 1:
        raise DatasetError("its index has several levels")
    _refuse_odd_column(schema, name)


def _refuse_odd_column(schema: pa.Schema, name: str) -> None:
    import pyarrow as pa

    if schema.names.count(name) > 1:
        raise DatasetError(f"it has {schema.names.count(name)} columns named `{name}`")
    kind = schema.field(name).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)):
        raise DatasetError(f"its ids are of type {kind}, not strings")


def _refuse_odd_ids(ids: pa.ChunkedArray) -> None:
    if ids.null_count:
        raise DatasetError(f"{ids.null_count} of its rows have no id")
    repeated = [name for name, count in Counter(ids.to_pylist()).items() if count > 1]
    if repeated:
        raise DatasetError(f"{len(repeated)} of its ids are there more than once, {repeated[0][:SHOWN]} for one")


def _refuse_too_few(ids: pa.Table, minimum: int) -> None:
    most = max(len({*column.to_pylist()} - {None}) for column in ids.columns)
    if most < minimum:
        raise DatasetError(f"it has {most} ids, and no answer with fewer than {minimum} is accepted")


def read_frame(file: pq.ParquetFile, index: str | None = "id") -> pd.DataFrame:
    """Read a parquet file as `pd.read_parquet` does, indexed by `id` or as the file says.

    A few columns at a time, so that the decoder's buffers stay small: less memory and less time than
    `pd.read_parquet` takes (benchmarks/overhead.py shows both).
    """
    import pyarrow as pa

    schema = file.schema_arrow
    names = schema.names
    columns: list[pa.ChunkedArray] = []
    for start in range(0, len(names), COLUMNS_AT_ONCE):
        columns += file.read(columns=names[start : start + COLUMNS_AT_ONCE], use_threads=False).columns
    table = pa.Table.from_arrays(columns, names=names).replace_schema_metadata(schema.metadata)
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    return frame.set_index(index) if index is not None and index in frame.columns else frame


def read_benchmarks(
    opened: IO[bytes] | None, features: pd.DataFrame, channel: Channel, index: str | None
) -> pd.DataFrame:
    """Read the benchmarks: in the order of the live ids where both have the same ids as index."""
    if opened is None:
        raise FileNotFoundError("there are no benchmarks")
    benchmarks = read_frame(open_parquet(opened), index)
    if index is None or benchmarks.index.equals(features.index):
        return benchmarks
    missing = len(features.index.difference(benchmarks.index))
    extra = len(benchmarks.index.difference(features.index))
    repeated = int(benchmarks.index.duplicated().sum())
    if missing or extra or repeated:
        channel.send({"type": "warning", "missing": missing, "extra": extra, "repeated": repeated})
        return benchmarks
    return benchmarks.loc[features.index]
