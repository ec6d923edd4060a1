"""Open and load what people upload: the only place that unpickles."""

from __future__ import annotations

import pickle
import sys
from typing import IO, Any

from ...inspection.wrappers import UnreadableError, Unwrapped, unwrap

LZ4 = b"\x04\x22\x4d\x18"  # only joblib unpacks it, and only where lz4 is installed


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


def load(file: IO[bytes]) -> Any:
    """Load a pickle, a cloudpickle, a joblib dump or a pd.to_pickle file, whatever it is wrapped in."""
    with file:
        try:
            return _load(unwrap(file))
        except UnreadableError as error:
            raise pickle.UnpicklingError(str(error)) from None


def _load(unwrapped: Unwrapped) -> Any:
    stream = unwrapped.stream
    if unwrapped.members:
        raise UnreadableError(f"it is a zip archive of {len(unwrapped.members)} files, as torch.save writes it")
    try:
        return Unpickler(stream).load()
    except JoblibDump:
        return _load_joblib(stream)
    except pickle.UnpicklingError:
        if unwrapped.head.startswith(LZ4):
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


def _load_with_pandas(stream: IO[bytes], first: Exception) -> Any:
    """Try pandas' map of its own moved classes; its errors mislead, so report the first one."""
    import pandas as pd

    stream.seek(0)
    try:
        return pd.read_pickle(stream, compression=None)
    except Exception:  # noqa: BLE001  whatever it is, the first error is the one to report
        raise first from None
