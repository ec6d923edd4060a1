"""Ask LightGBM before it is replaced: the same few rows, the same few trees, the same bits."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .forest import Declined, Forest, Matrix
from .text import address, hold

if TYPE_CHECKING:
    from .call import Call
    from .standin import Function, StandIn

MOST_TREES, PART = 32, 16  # a small booster is not to be read twice
MOST_ROWS = 16
MOST_HEADER = 1024  # what may stand before the names of features
QUIETLY = b"num_threads=1 verbosity=-1"


@dataclass(frozen=True)
class LightGBM:
    """The functions of its C library that are needed."""

    load: Function
    predict: Function
    free: Function


def agree(standin: StandIn, call: Call, lightgbm: LightGBM) -> bool:
    """Whether both predict the same for some rows of a call.

    Raises:
        Declined: LightGBM would not tell, or not without more work than there is to save.
    """
    rows = some_rows(call.matrix)
    if not standin.has_text:  # LightGBM has read it all
        assert standin.forest is not None  # noqa: S101  else nobody asks
        return _ours(standin.forest, rows, call) == _theirs(standin.own(), standin.classes, rows, call, lightgbm)
    text = hold(standin.excerpt(few_iterations(standin)))
    handle = ctypes.c_void_p()
    if lightgbm.load(text, ctypes.byref(ctypes.c_int()), ctypes.byref(handle)):
        raise Declined("LightGBM does not accept an excerpt of it")
    try:
        return _ours(Forest(address(text), text.size), rows, call) == _theirs(
            handle, standin.classes, rows, call, lightgbm
        )
    finally:
        lightgbm.free(handle)


def few_iterations(standin: StandIn) -> range:
    """Some of its iterations, from the first on.

    Raises:
        Declined: an iteration has too many trees.
    """
    most = min(MOST_TREES, 1 + standin.trees // PART)
    if standin.classes > max(MOST_TREES, standin.trees // PART):
        raise Declined("it has many classes and few trees for each")
    return range(0, standin.iterations, -(-standin.iterations // max(1, most // standin.classes)))


def kind(standin: StandIn) -> bytes:
    """What decides how a booster is predicted: the lines of its header before the features, but for their number."""
    assert standin.forest is not None  # noqa: S101  else nobody asks
    forest = standin.forest
    start = forest.text(0, min(forest.tree_start(0), MOST_HEADER)).value.partition(b"\nfeature_names=")[0]
    return b"\n".join(line for line in start.split(b"\n") if not line.startswith(b"max_feature_idx="))


def some_rows(matrix: Matrix) -> Any:
    """A few rows, from the first to the last, as an array in C order."""
    import numpy as np

    number = (ctypes.c_float, ctypes.c_double)[matrix.kind]
    flat = np.ctypeslib.as_array((number * (matrix.rows * matrix.columns)).from_address(matrix.address))
    shaped = flat.reshape((matrix.rows, matrix.columns), order="C" if matrix.row_major else "F")
    return np.ascontiguousarray(shaped[:: -(-matrix.rows // MOST_ROWS)])


def _ours(forest: Forest, rows: Any, call: Call) -> bytes:
    out = _room(rows, forest.classes)
    matrix = Matrix(rows.ctypes.data, call.kind.value, rows.shape[0], rows.shape[1], 1)
    forest.predict(matrix, out.ctypes.data, raw=call.raw)
    return bytes(out.tobytes())


def _theirs(handle: ctypes.c_void_p | None, classes: int, rows: Any, call: Call, lightgbm: LightGBM) -> bytes:
    out = _room(rows, classes)
    shape = (ctypes.c_int32(rows.shape[0]), ctypes.c_int32(rows.shape[1]), ctypes.c_int(1))
    limits = (ctypes.c_int(0), ctypes.c_int(-1), ctypes.c_char_p(QUIETLY))
    results = (ctypes.byref(ctypes.c_int64()), ctypes.c_void_p(out.ctypes.data))
    matrix = (ctypes.c_void_p(rows.ctypes.data), call.kind, *shape)
    if handle is None or lightgbm.predict(handle, *matrix, call.wanted, *limits, *results):
        raise Declined("LightGBM does not predict an excerpt of it")
    return bytes(out.tobytes())


def _room(rows: Any, classes: int) -> Any:
    import numpy as np

    return np.full(len(rows) * classes, np.nan)
