"""Read the live features and the benchmarks."""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from .channel import Channel

COLUMNS_AT_ONCE = 16
SHOWN = 100


class DatasetError(Exception):
    """The live features cannot be used, whatever the model is."""


def open_features(opened: IO[bytes]) -> tuple[pq.ParquetFile, pa.Table]:
    """Open the live features and read their ids: a table of one column `id`, strings.

    Raises:
        DatasetError: not a parquet file, no rows, no `id`, or an id that is missing, there twice or no name.
    """
    import pyarrow as pa

    try:
        file = open_parquet(opened)
        if file.metadata.num_rows == 0:
            raise DatasetError("it has no rows")
        _refuse_odd_index(file.schema_arrow)
        ids = file.read(columns=["id"]).column("id").cast(pa.string())
        ids.validate(full=True)
        _refuse_odd_ids(ids)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(f"it cannot be read as parquet: {error}") from error
    return file, pa.table([ids], names=["id"])


def open_parquet(opened: IO[bytes]) -> pq.ParquetFile:
    """Open a parquet file that is open already; as fast as by its path."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.ParquetFile(pa.PythonFile(opened, mode="r"))


def _refuse_odd_index(schema: pa.Schema) -> None:
    import pyarrow as pa

    if "id" not in schema.names:
        raise DatasetError("it has no index and no column named `id`")
    if schema.names.count("id") > 1:
        raise DatasetError(f"it has {schema.names.count('id')} columns named `id`")
    index = (schema.pandas_metadata or {}).get("index_columns", [])
    if "id" in index and len(index) > 1:
        raise DatasetError("its index has several levels")
    kind = schema.field("id").type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)):
        raise DatasetError(f"its ids are of type {kind}, not strings")


def _refuse_odd_ids(ids: pa.ChunkedArray) -> None:
    if ids.null_count:
        raise DatasetError(f"{ids.null_count} of its rows have no id")
    repeated = [name for name, count in Counter(ids.to_pylist()).items() if count > 1]
    if repeated:
        raise DatasetError(f"{len(repeated)} of its ids are there more than once, {repeated[0][:SHOWN]} for one")


def read_frame(file: pq.ParquetFile) -> pd.DataFrame:
    """Read a parquet file as `pd.read_parquet` does, indexed by `id`.

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
    return frame.set_index("id") if "id" in frame.columns else frame


def read_benchmarks(opened: IO[bytes] | None, features: pd.DataFrame, channel: Channel) -> pd.DataFrame:
    """Read the benchmarks, in the order of the live ids where both have the same ids."""
    if opened is None:
        raise FileNotFoundError("there are no benchmarks")
    benchmarks = read_frame(open_parquet(opened))
    if benchmarks.index.equals(features.index):
        return benchmarks
    missing = len(features.index.difference(benchmarks.index))
    extra = len(benchmarks.index.difference(features.index))
    repeated = int(benchmarks.index.duplicated().sum())
    if missing or extra or repeated:
        channel.send({"type": "warning", "missing": missing, "extra": extra, "repeated": repeated})
        return benchmarks
    return benchmarks.loc[features.index]
