import gzip

PICKLE = gzip.compress(b"N0" * 2**19) * 4_000 + gzip.compress(b"N.")  # 4 GiB: push None, drop it
