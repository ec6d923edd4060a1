import pyarrow as pa

sink = pa.BufferOutputStream()
with pa.CompressedOutputStream(sink, "zstd") as stream:
    for _ in range(1024):
        stream.write(bytes(1024**2))
PICKLE = sink.getvalue().to_pybytes()
