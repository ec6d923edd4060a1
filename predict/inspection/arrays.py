"""Arrays that joblib writes between the opcodes of a pickle: how many bytes they take, by what the pickle says of them.

Behind the state of a `NumpyArrayWrapper` stand a byte with the length of the padding, the padding, and the numbers; or
a pickle of its own, if the elements are Python objects. The source is `joblib/numpy_pickle.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

ALIGNMENT = "numpy_array_alignment_bytes"
PER_CHARACTER = 4  # numpy's `U7` takes 28 bytes
MOST_DIMENSIONS = 64  # numpy's own limit
LARGEST = 2**63
ITEM_SIZE, FLAGS = 5, 7  # in the state of a dtype
HAS_OBJECTS = 1
CODE = re.compile(r"([A-Za-z?])(\d{1,10})")


def is_aligned(state: Mapping[Any, Any]) -> bool:
    """Whether there is padding; to joblib 1.1 there was none."""
    return state.get(ALIGNMENT) is not None


def size_of(state: Any) -> int | None:
    """Bytes of an array; None if it is a pickle of its own.

    Raises:
        ValueError: nothing sensible is said of it.
    """
    if not isinstance(state, dict) or not _is_shape(state.get("shape")):
        raise ValueError("it holds an array of joblib's, and no word of its shape")
    item = _item_size(state.get("dtype"))
    return None if item is None else math.prod(state["shape"]) * item


def _is_shape(shape: Any) -> bool:
    if not isinstance(shape, tuple) or len(shape) > MOST_DIMENSIONS:
        return False
    return all(isinstance(size, int) and 0 <= size < LARGEST for size in shape)


def _item_size(dtype: Any) -> int | None:
    """Bytes of an element, by the stand-in of a dtype: its code, or the state of one that has fields."""
    if getattr(dtype, "name", "dtype") != "dtype":  # only strings of any length have a maker of their own
        return None
    code, state = next(iter(getattr(dtype, "args", ())), None), getattr(dtype, "state", None)
    if isinstance(state, tuple) and len(state) > FLAGS and all(isinstance(state[at], int) for at in (ITEM_SIZE, FLAGS)):
        if state[FLAGS] & HAS_OBJECTS:
            return None
        if 0 <= state[ITEM_SIZE] < LARGEST:
            return int(state[ITEM_SIZE])
    found = CODE.fullmatch(code) if isinstance(code, str) else None
    if not found:
        raise ValueError("it holds an array of joblib's with elements of unknown size")
    return int(found[2]) * (PER_CHARACTER if found[1] == "U" else 1)
