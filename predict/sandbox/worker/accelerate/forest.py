"""The kernel, by ctypes: LightGBM's trees, read from its model text and walked many rows at a time."""

from __future__ import annotations

import ctypes
from pathlib import Path

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
        ("bytes", ctypes.c_int64),
    )


def _load() -> ctypes.CDLL:
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
    library.forest_predict.argtypes = (pointer, pointer, ctypes.c_int, number, number, ctypes.c_int)
    library.forest_predict.argtypes += (number, number, ctypes.c_int, ctypes.c_int, ctypes.c_char_p, pointer)
    library.forest_way.restype = ctypes.c_char_p
    library.forest_way.argtypes = (ctypes.c_int,)
    return library


_LIBRARY = _load()


def ways() -> tuple[str, ...]:
    """The instruction sets that the kernel can use here, fastest first; each gives the same bits."""
    found: list[str] = []
    while way := _LIBRARY.forest_way(len(found)):
        found.append(way.decode())
    return tuple(found)


class Forest:
    """One booster's trees."""

    def __init__(self, address: int, size: int) -> None:
        """Read a model text of `size` bytes; it is not needed afterwards.

        Raises:
            Declined: it is not certain to mean the same to LightGBM.
        """
        why = ctypes.create_string_buffer(REASON_CAP)
        self._forest = _LIBRARY.forest_read(address, size, why, REASON_CAP)
        if self._forest is None:
            raise Declined(why.value.decode())
        facts = Facts()
        _LIBRARY.forest_facts(self._forest, facts)
        self.trees, self.classes, self.features = int(facts.trees), int(facts.classes), int(facts.features)
        self.iterations, self.bytes = int(facts.iterations), int(facts.bytes)

    def __del__(self) -> None:
        if getattr(self, "_forest", None) is not None:
            _LIBRARY.forest_free(self._forest)

    def tree_start(self, number: int) -> int:
        """Where a tree begins in the text, in bytes; for `trees`, where the last one ends."""
        return int(_LIBRARY.forest_tree_start(self._forest, number))

    def predict(  # noqa: PLR0913  the arguments of LGBM_BoosterPredictForMat
        self,
        address: int,
        kind: int,
        rows: int,
        columns: int,
        row_major: int,
        first: int,
        iterations: int,
        *,
        raw: bool,
        threads: int,
        out: int,
        way: str = "",
    ) -> None:
        """Write `rows` times `classes` float64 to `out`: what LightGBM predicts for the matrix at `address`.

        `kind` is 0 for float32 and 1 for float64.

        Raises:
            Declined: LightGBM is to say what is wrong with it.
        """
        what = (address, kind, rows, columns, row_major, first, iterations, int(raw), threads, way.encode(), out)
        done = _LIBRARY.forest_predict(self._forest, *what)
        if done:
            raise Declined("there is not enough memory" if done == NO_MEMORY else "the matrix has another shape")


def read(text: bytes) -> Forest:
    """Read a model text that is at hand as bytes."""
    held = ctypes.c_char_p(text)
    return Forest(ctypes.cast(held, ctypes.c_void_p).value or 0, len(text))
