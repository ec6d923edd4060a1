"""Ask LightGBM before it is replaced: the same few rows, the same few trees, the same bits."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .forest import Declined, Forest
from .text import Text, address, hold

if TYPE_CHECKING:
    from .standin import Function, StandIn

MOST_TREES = 32
MOST_ROWS = 16


@dataclass(frozen=True)
class Matrix:
    """What LGBM_BoosterPredictForMat is given: `kind` is 0 for float32, 1 for float64."""

    data: Any
    kind: int
    rows: int
    columns: int
    row_major: bool

    def some_rows(self) -> Any:
        """A few rows, from the first to the last, as an array in C order."""
        import numpy as np

        number = (ctypes.c_float, ctypes.c_double)[self.kind]
        flat = np.ctypeslib.as_array(ctypes.cast(self.data, ctypes.POINTER(number)), (self.rows * self.columns,))
        matrix = flat.reshape((self.rows, self.columns), order="C" if self.row_major else "F")
        return np.ascontiguousarray(matrix[:: -(-self.rows // MOST_ROWS)])


@dataclass(frozen=True)
class LightGBM:
    """The functions of its C library that are needed."""

    load: Function
    predict: Function
    free: Function


def agree(standin: StandIn, matrix: Matrix, kind: int, parameters: ctypes.c_char_p, lightgbm: LightGBM) -> bool:
    """Whether both predict the same; `kind` is LightGBM's: 0 for predictions, 1 for raw scores.

    Raises:
        Declined: LightGBM would not tell.
    """
    step = max(1, standin.iterations * (standin.trees // standin.iterations) // MOST_TREES)
    text = standin.excerpt(list(range(0, standin.iterations, step)))
    if text is None:
        raise Declined("its text is gone")
    rows, held = matrix.some_rows(), hold(text)
    ours = Forest(address(held), held.size)
    return _ours(ours, rows, matrix.kind, raw=kind == 1) == _theirs(ours, held, rows, (matrix.kind, kind), parameters, lightgbm)


def _ours(forest: Forest, rows: Any, kind: int, *, raw: bool) -> bytes:
    out = _room(rows, forest)
    forest.predict(rows.ctypes.data, kind, *rows.shape, 1, 0, -1, raw=raw, threads=1, out=out.ctypes.data)
    return bytes(out.tobytes())


def _theirs(
    forest: Forest, text: Text, rows: Any, kinds: tuple[int, int], parameters: ctypes.c_char_p, lightgbm: LightGBM
) -> bytes:
    out, count, handle = _room(rows, forest), ctypes.c_int64(), ctypes.c_void_p()
    if lightgbm.load(text, ctypes.byref(ctypes.c_int()), ctypes.byref(handle)):
        raise Declined("LightGBM does not accept an excerpt of it")
    shape = (ctypes.c_int32(rows.shape[0]), ctypes.c_int32(rows.shape[1]), ctypes.c_int(1))
    data, where = ctypes.c_void_p(rows.ctypes.data), ctypes.c_void_p(out.ctypes.data)
    limits = (ctypes.c_int(kinds[1]), ctypes.c_int(0), ctypes.c_int(-1))
    refused = lightgbm.predict(
        handle, data, ctypes.c_int(kinds[0]), *shape, *limits, parameters, ctypes.byref(count), where
    )
    lightgbm.free(handle)
    if refused:
        raise Declined("LightGBM does not predict an excerpt of it")
    return bytes(out.tobytes())


def _room(rows: Any, forest: Forest) -> Any:
    import numpy as np

    return np.full(len(rows) * forest.classes, np.nan)
