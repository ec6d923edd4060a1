"""One call of LGBM_BoosterPredictForMat."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from .forest import Declined, Forest, Matrix
from .text import address

PREDICTIONS, RAW_SCORES = 0, 1  # LightGBM's C_API_PREDICT_...
THREADS = (b"num_threads", b"num_thread", b"nthread", b"nthreads", b"n_jobs")
FLOATS = (0, 1)  # its C_API_DTYPE_...
OTHER_KINDS = {2: "pred_leaf", 3: "pred_contrib"}


@dataclass(frozen=True)
class Call:
    """Its arguments behind the handle, as objects of ctypes, in their order."""

    data: Any
    kind: Any
    rows: Any
    columns: Any
    row_major: Any
    wanted: Any
    first: Any
    iterations: Any
    parameters: Any
    count: Any
    out: Any

    @property
    def matrix(self) -> Matrix:
        """What is predicted on."""
        shape = (self.rows.value, self.columns.value, self.row_major.value)
        return Matrix(address(self.data), self.kind.value, *shape)

    @property
    def raw(self) -> bool:
        """Whether raw scores are wanted."""
        return bool(self.wanted.value == RAW_SCORES)

    def check(self, forest: Forest) -> None:
        """Raise Declined if these trees alone cannot answer."""
        if self.wanted.value not in (PREDICTIONS, RAW_SCORES):
            raise Declined(f"{OTHER_KINDS.get(self.wanted.value, 'another kind of prediction')} is LightGBM's own")
        if self.columns.value != forest.features or self.rows.value < 1 or self.kind.value not in FLOATS:
            raise Declined("the matrix has another shape than the training data")
        if stops_early(self.parameters.value):
            raise Declined("pred_early_stop is LightGBM's own")

    def answer(self, forest: Forest, cpus: int) -> None:
        """Let these trees answer."""
        threads = min(cpus, wanted_threads(self.parameters.value) or cpus)
        how = {"first": self.first.value, "iterations": self.iterations.value, "raw": self.raw, "threads": threads}
        forest.predict(self.matrix, address(self.out), **how)
        assign(self.count, self.rows.value * forest.classes)


def assign(pointer: Any, value: int) -> None:
    """Write to where ctypes.byref or ctypes.pointer points."""
    (pointer._obj if hasattr(pointer, "_obj") else pointer.contents).value = value  # noqa: SLF001


@functools.lru_cache(maxsize=16)
def wanted_threads(parameters: bytes) -> int:
    """How many threads LightGBM is told to predict with; 0: it is not."""
    told = {key: value for key, _, value in (word.partition(b"=") for word in parameters.split())}
    known = [told[name] for name in THREADS if name in told]
    return int(known[0]) if known and known[0].isdigit() else 0


@functools.lru_cache(maxsize=16)
def stops_early(parameters: bytes) -> bool:
    """Whether LightGBM may skip trees: the only parameter of a prediction that changes it."""
    pairs = (word.partition(b"=") for word in parameters.split())
    return any(key == b"pred_early_stop" and value.lower() not in (b"false", b"-") for key, _, value in pairs)
