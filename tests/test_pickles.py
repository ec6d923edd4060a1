"""What people upload: every form that loads, and what is said about those that do not."""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import operator
import pickle
import tarfile
import types
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import Run, assert_verdict

from predict.sandbox.worker.pickles import load

MODEL: dict[str, Any] = {"weights": np.arange(1000.0), "add": functools.partial(operator.add, 1)}
BYTES = pickle.dumps(MODEL)

Writer = Callable[[Path], object]


def _joblib(compress: Any) -> Writer:
    return lambda path: joblib.dump(MODEL, path, compress=compress)


def _protocol(number: int) -> Writer:
    return lambda path: path.write_bytes(pickle.dumps(MODEL, number))


def _pandas(compression: Any) -> Writer:
    return lambda path: pd.to_pickle(MODEL, path, compression=compression)  # type: ignore[attr-defined]  # not in the stubs


def _zstd(path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.CompressedOutputStream(file, "zstd") as stream:
        stream.write(BYTES)


def _tar_gz(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("model.pkl")
        member.size = len(BYTES)
        archive.addfile(member, io.BytesIO(BYTES))


FORMS: dict[str, Writer] = {
    **{f"protocol {number}": _protocol(number) for number in range(6)},
    "cloudpickle": lambda path: path.write_bytes(cloudpickle.dumps(MODEL)),
    **{f"joblib {form}": _joblib(form) for form in (0, 3, ("gzip", 3), ("bz2", 3), ("lzma", 3), ("xz", 3))},
    **{f"pandas {form}": _pandas(form) for form in ("gzip", "bz2", "xz", "zip", "tar")},
    "zstd": _zstd,
    "tar.gz": _tar_gz,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("suffix", [".pkl", ".gz", ".bin"])
def test_a_pickle_loads_by_its_bytes_whatever_its_name(form: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{suffix}"
    FORMS[form](path)
    model = load(path.open("rb"))
    assert np.array_equal(model["weights"], MODEL["weights"])
    assert model["add"](1) == 2


def test_a_class_that_pandas_moved_still_loads(tmp_path: Path) -> None:
    path = tmp_path / "old.pkl"
    path.write_bytes(b"cpandas.core.indexes.numeric\nInt64Index\n.")
    assert load(path.open("rb")) is pd.Index


class Foreign:
    """Calls the constructor of code objects as another Python would."""

    def __reduce__(self) -> tuple[type[types.CodeType], tuple[int, ...]]:
        return types.CodeType, (1, 2, 3)


def _zip_of_two(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def _written(write: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
BAD: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "invalid_pickle", "bad.pkl cannot be read: it is an empty file, not a pickle"),
    "truncated": (
        BYTES[:-20],
        "invalid_pickle",
        f"it is a pickle that is cut off after {len(BYTES) - 20:,} bytes (_pickle.UnpicklingError: ",
    ),
    "cut short": (BYTES[:3], "invalid_pickle", "cut off after 3 bytes"),
    "text": (b"Dear all,\nplease find attached\n", "invalid_pickle", "a text file"),
    "script": (b"class Model:\n    pass\n", "invalid_pickle", "a text file"),
    "html": (b"\n<!DOCTYPE html><html>Sign in</html>", "invalid_pickle", "an HTML page"),
    "json": (b'{"learner": {}}\n', "invalid_pickle", "JSON text"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "invalid_pickle", "Git LFS pointer"),
    "png": (PNG, "invalid_pickle", "a PNG picture"),
    "parquet": (b"PAR1" + bytes(60) + b"PAR1", "invalid_pickle", "a parquet file"),
    "binary": (bytes(range(200, 256)) * 9, "invalid_pickle", "byte 0 is 0xc8, which is no opcode"),
    "gzip of text": (gzip.compress(b"hello"), "invalid_pickle", "it is gzip data around a text file, not a pickle"),
    "gzip cut": (gzip.compress(BYTES)[:-30], "invalid_pickle", "it is gzip data, cut off"),
    "gzip of gzip cut": (
        gzip.compress(gzip.compress(BYTES)[:-30]),
        "invalid_pickle",
        "gzip data around gzip data, cut off",
    ),
    "zlib cut": (zlib.compress(BYTES)[:-30], "invalid_pickle", "zlib data, cut off"),
    "bz2 cut": (bz2.compress(b"x" * 10**6)[:20] + b"damage", "invalid_pickle", "it is bzip2 data, "),
    "zstd cut": (b"\x28\xb5\x2f\xfd" + b"damage" * 9, "invalid_pickle", "it is zstd data, damaged"),
    "zip of two": (_zip_of_two("a", "b"), "invalid_pickle", "a zip archive of 2 files"),
    "npz": (_written(lambda file: np.savez(file, np.arange(3))), "invalid_pickle", "a NumPy .npz file"),
    "torch": (_zip_of_two("archive/data.pkl", "archive/data/0"), "invalid_pickle", "as torch.save writes it"),
    "future protocol": (b"\x80\x63.", "python_mismatch", "unsupported pickle protocol: 99"),
    "foreign code": (cloudpickle.dumps(Foreign()), "python_mismatch", "Another version of Python made bad.pkl"),
    "old protocol with a line break": (b"cmy_features\npredict\n.\n", "missing_dependency", "'my_features'"),
    "own module": (b"cmy_features\npredict\n.", "missing_dependency", "needs the module 'my_features'"),
    "moved module": (b"cjson.nowhere\nf\n.", "dependency_mismatch", "json.nowhere"),
    "moved name": (b"cjson\nnowhere\n.", "dependency_mismatch", "module 'json' has no 'nowhere'"),
    "script's name": (b"c__main__\npredict\n.", "load_failed", "defined in its author's script"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_not_a_loadable_pickle_is_named(kind: str, tmp_path: Path, run: Run) -> None:
    content, reason, evidence = BAD[kind]
    path = tmp_path / "bad.pkl"
    path.write_bytes(content)
    report = run(path)
    assert_verdict(report, "Failed", reason)
    assert evidence in report.message
