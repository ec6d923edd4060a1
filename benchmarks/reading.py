"""Read a parquet file in one of the ways that overhead.py compares: python reading.py WAY FILE."""

import sys
from collections.abc import Callable

import pandas as pd
import pyarrow.parquet as pq

from predict.sandbox.worker.frames import read_frame

# All ways import the same, so that their differences are those of reading.
WAYS: dict[str, Callable[[str], object]] = {
    "nothing": str,
    "pandas": pd.read_parquet,
    "frames": lambda path: read_frame(pq.ParquetFile(path)),
}

WAYS[sys.argv[1]](sys.argv[2])
