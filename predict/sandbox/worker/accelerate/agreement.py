"""Ask LightGBM before it is replaced: the same few rows, the same few trees, the same bits."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .forest import Declined, Forest, Matrix
from .text import Text, address, hold

if TYPE_CHECKING:
    from .call import Call
    from .standin import Function, StandIn

MOST_TREES, PART = 32, 16  # a small booster is not to be read twice
MOST_ROWS = 16


@dataclass(frozen=True)
class LightGBM:
    """The functions of its C library that are needed."""

    load: Function
    predict: Function
    free: Function


def agree(standin: StandIn, call: Call, lightgbm: LightGBM) -> bool:
    """Whether both predict the same for some rows of a call.

    Raises:
        Declined: LightGBM would not tell.
    """
    step = -(-standin.trees // min(MOST_TREES, 1 + standin.trees // PART))
    text = hold(standin.excerpt(range(0, standin.iterations, step)))
    forest, rows = Forest(address(text), text.size), some_rows(call.matrix)
    return _ours(forest, rows, call) == _theirs(forest, text, rows, call, lightgbm)


def some_rows(matrix: Matrix) -> Any:
    """A few rows, from the first to the last, as an array in C order."""
    import numpy as np

    number = (ctypes.c_float, ctypes.c_double)[matrix.kind]
    flat = np.ctypeslib.as_array((number * (matrix.rows * matrix.columns)).from_address(matrix.address))
    shaped = flat.reshape((matrix.rows, matrix.columns), order="C" if matrix.row_major else "F")
    return np.ascontiguousarray(shaped[:: -(-matrix.rows // MOST_ROWS)])


def _ours(forest: Forest, rows: Any, call: Call) -> bytes:
    out = _room(rows, forest)
    matrix = Matrix(rows.ctypes.data, call.kind.value, rows.shape[0], rows.shape[1], 1)
    forest.predict(matrix, out.ctypes.data, raw=call.raw)
    return bytes(out.tobytes())


def _theirs(forest: Forest, text: Text, rows: Any, call: Call, lightgbm: LightGBM) -> bytes:
    out, handle = _room(rows, forest), ctypes.c_void_p()
    if lightgbm.load(text, ctypes.byref(ctypes.c_int()), ctypes.byref(handle)):
        raise Declined("LightGBM does not accept an excerpt of it")
    shape = (ctypes.c_int32(rows.shape[0]), ctypes.c_int32(rows.shape[1]), ctypes.c_int(1))
    limits = (ctypes.c_int(0), ctypes.c_int(-1), call.parameters)
    results = (ctypes.byref(ctypes.c_int64()), ctypes.c_void_p(out.ctypes.data))
    refused = lightgbm.predict(
        handle, ctypes.c_void_p(rows.ctypes.data), call.kind, *shape, call.wanted, *limits, *results
    )
    lightgbm.free(handle)
    if refused:
        raise Declined("LightGBM does not predict an excerpt of it")
    return bytes(out.tobytes())


def _room(rows: Any, forest: Forest) -> Any:
    import numpy as np

    return np.full(len(rows) * forest.classes, np.nan)
