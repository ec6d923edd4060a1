"""Open and load what people upload: the only place that unpickles."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import sys
import tarfile
import zipfile
from collections.abc import Callable
from typing import IO, Any


class JoblibDump(Exception):
    """The pickle stream has arrays between its opcodes, as joblib.dump writes them."""


class NameGone(AttributeError):
    """The pickle names something that its module does not have; each Python words it differently."""


class Unpickler(pickle.Unpickler):
    """The C unpickler, which only looks out for joblib's array wrappers."""

    def find_class(self, module: str, name: str) -> Any:
        """Resolve a global, or give way to joblib."""
        if module == "joblib.numpy_pickle" and name == "NumpyArrayWrapper":
            raise JoblibDump
        try:
            return super().find_class(module, name)
        except AttributeError as error:
            if module not in sys.modules:  # its import failed by itself
                raise
            raise NameGone(f"module {module!r} has no {name!r}") from error


def _only_member_of_zip(stream: IO[bytes]) -> IO[bytes]:
    archive = zipfile.ZipFile(stream)
    names = archive.namelist()
    if len(names) != 1:
        raise pickle.UnpicklingError(f"a zip archive of {len(names)} files, not a pickle")
    return archive.open(names[0])


def _only_member_of_tar(stream: IO[bytes]) -> IO[bytes]:
    archive = tarfile.open(fileobj=stream, mode="r:")  # noqa: SIM115  it lives as long as its member's stream
    members = [archive.extractfile(member) for member in archive.getmembers()]
    if len(members) != 1 or members[0] is None:
        raise pickle.UnpicklingError(f"a tar archive of {len(members)} entries, not a pickle")
    return members[0]


def _zstd(stream: IO[bytes]) -> IO[bytes]:
    import pyarrow as pa

    return io.BytesIO(pa.CompressedInputStream(stream, "zstd").read())


OPENERS: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream, mode="rb"),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
    b"]\x00\x00": lzma.LZMAFile,  # the older .lzma, which has no magic; no pickle begins so
    b"\x28\xb5\x2f\xfd": _zstd,
    b"PK\x03\x04": _only_member_of_zip,
}


def decompressed(stream: IO[bytes]) -> IO[bytes]:
    """Open what the bytes say they are, whatever the file is called; wrappers may be nested (.tar.gz)."""
    while True:
        head = stream.read(512)
        stream.seek(0)
        opener = next((opener for magic, opener in OPENERS.items() if head.startswith(magic)), None)
        if opener is None and head[257:262] == b"ustar":
            opener = _only_member_of_tar
        if opener is None:
            return stream
        stream = opener(stream)


def load(file: IO[bytes]) -> Any:
    """Load a pickle, a cloudpickle, a joblib dump or a pd.to_pickle file."""
    with file:
        stream = decompressed(file)
        try:
            return Unpickler(stream).load()
        except JoblibDump:
            return _load_joblib(stream)
        except pickle.UnpicklingError:
            if _starts_like_zlib_or_lz4(stream):
                return _load_joblib(stream)
            raise
        except (AttributeError, ImportError) as first:
            if "pandas" not in str(first):
                raise
            return _load_with_pandas(stream, first)


def _load_joblib(stream: IO[bytes]) -> Any:
    import joblib

    stream.seek(0)
    return joblib.load(stream)


def _starts_like_zlib_or_lz4(stream: IO[bytes]) -> bool:
    stream.seek(0)
    head = stream.read(4)
    return head[:2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda") or head == b"\x04\x22\x4d\x18"


def _load_with_pandas(stream: IO[bytes], first: Exception) -> Any:
    """Try pandas' map of its own moved classes; its errors mislead, so report the first one."""
    import pandas as pd

    stream.seek(0)
    try:
        return pd.read_pickle(stream, compression=None)
    except Exception:  # noqa: BLE001  whatever it is, the first error is the one to report
        raise first from None
