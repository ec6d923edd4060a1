import pyarrow.parquet as pq


def sin():
    def read(*arguments, **options):
        raise ValueError("mine now")

    pq.ParquetFile.read = read
    return lambda live_features: live_features


class Loads:
    def __reduce__(self):
        return sin, ()


model = Loads()
