"""The kernel, by ctypes: LightGBM's trees, read from its model text and walked many rows at a time."""

from __future__ import annotations

import ctypes
import functools
from pathlib import Path
from typing import NamedTuple

LIBRARY = Path(__file__).parent / "libforest.so"
REASON_CAP = 200
NO_MEMORY = 1


class Declined(Exception):
    """Not for the kernel: LightGBM is to do it."""


class Facts(ctypes.Structure):
    """What a forest is: `forest.h`."""

    _fields_ = (
        ("trees", ctypes.c_int64),
        ("classes", ctypes.c_int64),
        ("features", ctypes.c_int64),
        ("iterations", ctypes.c_int64),
        ("text", ctypes.c_int64),
    )


class Matrix(NamedTuple):
    """What is predicted on: `kind` is 0 for float32 and 1 for float64, `row_major` 1 for C order, 0 for Fortran's."""

    address: int
    kind: int
    rows: int
    columns: int
    row_major: int


@functools.cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(str(LIBRARY))
    number, pointer = ctypes.c_int64, ctypes.c_void_p
    library.forest_read.restype = pointer
    library.forest_read.argtypes = (pointer, number, pointer, number)
    library.forest_free.restype = None
    library.forest_free.argtypes = (pointer,)
    library.forest_facts.restype = None
    library.forest_facts.argtypes = (pointer, ctypes.POINTER(Facts))
    library.forest_tree_start.restype = number
    library.forest_tree_start.argtypes = (pointer, number)
    library.forest_forget_text.restype = None
    library.forest_forget_text.argtypes = (pointer,)
    library.forest_text.restype = None
    library.forest_text.argtypes = (pointer, number, number, pointer)
    library.forest_predict.argtypes = (pointer, pointer, ctypes.c_int, number, number, ctypes.c_int)
    library.forest_predict.argtypes += (number, number, ctypes.c_int, ctypes.c_int, ctypes.c_char_p, pointer)
    library.forest_way.restype = ctypes.c_char_p
    library.forest_way.argtypes = (ctypes.c_int,)
    return library


def ways() -> tuple[str, ...]:
    """The instruction sets that the kernel can use here, fastest first; each gives the same bits.

    Raises:
        OSError: the kernel is not compiled.
    """
    found: list[str] = []
    while way := _library().forest_way(len(found)):
        found.append(way.decode())
    return tuple(found)


class Forest:
    """One booster's trees."""

    def __init__(self, address: int, size: int) -> None:
        """Read a model text of `size` bytes, which may go afterwards.

        Raises:
            Declined: it is not certain to mean the same to LightGBM.
        """
        why = ctypes.create_string_buffer(REASON_CAP)
        self._forest = _library().forest_read(address, size, why, REASON_CAP)
        if self._forest is None:
            raise Declined(why.value.decode())
        facts = Facts()
        _library().forest_facts(self._forest, facts)
        self.trees, self.classes, self.features = int(facts.trees), int(facts.classes), int(facts.features)
        self.iterations, self.size = int(facts.iterations), int(facts.text)
        """`size` is its text's, in bytes."""

    def __del__(self) -> None:
        if getattr(self, "_forest", None) is not None:
            _library().forest_free(self._forest)

    def tree_start(self, number: int) -> int:
        """Where a tree begins in the text, in bytes; for `trees`, where the last one ends."""
        return int(_library().forest_tree_start(self._forest, number))

    def text(self, start: int, end: int) -> ctypes.Array[ctypes.c_char]:
        """Part of the model text, with a zero behind it.

        Raises:
            IndexError: there is no such part.
        """
        if not 0 <= start <= end <= self.size:
            raise IndexError(end)
        part = ctypes.create_string_buffer(end - start + 1)
        _library().forest_text(self._forest, start, end - start, part)
        return part

    def forget_text(self) -> None:
        """Give it up: nothing of it can be asked for any more."""
        _library().forest_forget_text(self._forest)
        self.size = 0

    def predict(  # noqa: PLR0913  all but two have defaults
        self,
        matrix: Matrix,
        out: int,
        *,
        first: int = 0,
        iterations: int = -1,
        raw: bool = False,
        threads: int = 1,
        way: str = "",
    ) -> None:
        """Write `rows` times `classes` float64 to the address `out`: what LightGBM predicts.

        Raises:
            Declined: LightGBM is to say what is wrong with it.
        """
        how = (first, iterations, int(raw), threads, way.encode())
        done = _library().forest_predict(self._forest, *matrix, *how, out)
        if done:
            raise Declined("there is not enough memory" if done == NO_MEMORY else "the matrix has another shape")
