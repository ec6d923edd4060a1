"""The functions of LightGBM's C library, some of them replaced: what its Python package calls by ctypes.

Handles of boosters are pointers that Python only passes on. A stand-in's is a number that no pointer can be.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
from pathlib import Path
from typing import Any

from .agreement import LightGBM, Matrix, agree
from .forest import Declined, Forest
from .standin import Function, StandIn
from .tally import Tally
from .text import as_text, borrowing, hold

FIRST_HANDLE = 1 << 62
PREDICTIONS, RAW_SCORES = 0, 1  # LightGBM's C_API_PREDICT_…
PREFIX = "LGBM_Booster"

# What does not depend on any tree.
OF_HEADER = {
    "LGBM_BoosterGetFeatureNames",
    "LGBM_BoosterGetLoadedParam",
    "LGBM_BoosterGetNumClasses",
    "LGBM_BoosterGetNumFeature",
    "LGBM_BoosterNumModelPerIteration",
    "LGBM_BoosterValidateFeatureNames",
}
# What needs the trees and leaves them as they are; everything else may change them.
LOOKS = {
    "LGBM_BoosterCalcNumPredict",
    "LGBM_BoosterDumpModel",
    "LGBM_BoosterFeatureImportance",
    "LGBM_BoosterGetCurrentIteration",
    "LGBM_BoosterGetLeafValue",
    "LGBM_BoosterGetLinear",
    "LGBM_BoosterGetLowerBoundValue",
    "LGBM_BoosterGetUpperBoundValue",
    "LGBM_BoosterNumberOfTotalModel",
    "LGBM_BoosterSaveModel",
    "LGBM_BoosterSaveModelToString",
}
# Predictions that are LightGBM's own.
PREDICTS = "LGBM_BoosterPredict"
OTHER_KINDS = {2: "pred_leaf", 3: "pred_contrib"}


def accelerate(basic: Any, cpus: int, tally: Tally) -> None:
    """Replace functions of the library that `lightgbm.basic` has just opened.

    Raises:
        AttributeError, OSError, TypeError: it is not made as we know it, or the kernel is not here.
    """
    name = "_c_str" if hasattr(basic, "_c_str") else "c_str"
    c_str, library = borrowing(getattr(basic, name)), basic._LIB  # noqa: SLF001  the same in all releases
    replaced = Boosters(library, cpus, tally)
    library.__class__ = type(type(library).__name__, (Replaced, type(library)), {"replaced": replaced})
    setattr(basic, name, c_str)


class Replaced:
    """Mixed into the library's class; ctypes asks for each function by name, once."""

    replaced: Boosters

    def __getattr__(self, name: str) -> Any:
        function = super().__getattr__(name)  # type: ignore[misc]  ctypes.CDLL has it
        if name.startswith(PREFIX):
            function = self.replaced.instead_of(name, function)
            setattr(self, name, function)
        return function


class Boosters:
    """All stand-ins, by handle, and what to do in place of each function."""

    def __init__(self, library: ctypes.CDLL, cpus: int, tally: Tally) -> None:
        self._load = library["LGBM_BoosterLoadModelFromString"]
        self._free = library["LGBM_BoosterFree"]
        self._predict = library["LGBM_BoosterPredictForMat"]
        self._check = library["LGBM_GetSampleCount"]
        self._lightgbm = LightGBM(self._load, self._predict, self._free)
        self._cpus = cpus
        self._tally = tally
        self._standins: dict[int, StandIn] = {}
        self._handles = itertools.count(FIRST_HANDLE)

    def instead_of(self, name: str, function: Function) -> Function:
        """What to call for a function of the library."""
        match name:
            case "LGBM_BoosterLoadModelFromString":
                return self.load
            case "LGBM_BoosterCreateFromModelfile":
                return functools.partial(self.load_file, function)
            case "LGBM_BoosterFree":
                return self.free
            case "LGBM_BoosterGetCurrentIteration" | "LGBM_BoosterNumberOfTotalModel":
                return functools.partial(self.count, function, name)
            case "LGBM_BoosterCalcNumPredict":
                return functools.partial(self.count_predictions, function)
            case "LGBM_BoosterPredictForMat":
                return self.predict
        return functools.partial(self.header if name in OF_HEADER else self.ask, name, function)

    def load(self, text: Any, iterations: Any, handle: Any) -> int:
        """LGBM_BoosterLoadModelFromString."""
        try:
            standin = StandIn(as_text(text), self._load)
        except Declined as reason:
            self._tally.decline(str(reason))
            return self._load(text, iterations, handle)
        handle._obj.value = number = next(self._handles)  # noqa: SLF001  what ctypes.byref refers to
        iterations._obj.value = standin.iterations  # noqa: SLF001
        self._standins[number] = standin
        return 0

    def load_file(self, function: Function, name: Any, iterations: Any, handle: Any) -> int:
        """LGBM_BoosterCreateFromModelfile."""
        try:
            text = hold(Path(name.value.decode()).read_bytes())
        except (OSError, ValueError):  # LightGBM says what is wrong
            return function(name, iterations, handle)
        if b"\0" in text.held:  # type: ignore[operator]  they are bytes
            return function(name, iterations, handle)
        return self.load(text, iterations, handle)

    def free(self, handle: Any) -> int:
        """LGBM_BoosterFree."""
        standin = self._standins.pop(handle.value, None)
        if standin is None:
            return self._free(handle)
        return max(map(self._free, standin.handles()))

    def count(self, function: Function, name: str, handle: Any, out: Any) -> int:
        """LGBM_BoosterGetCurrentIteration, LGBM_BoosterNumberOfTotalModel."""
        standin = self._standin(handle)
        if standin is None or standin.forest is None:
            return self.ask(name, function, handle, out)
        out._obj.value = standin.trees if name.endswith("TotalModel") else standin.iterations  # noqa: SLF001
        return 0

    def count_predictions(self, function: Function, handle: Any, rows: Any, kind: Any, *more: Any) -> int:
        """LGBM_BoosterCalcNumPredict: only other kinds of predictions are as many as there are trees."""
        asked = self.header if kind.value in (PREDICTIONS, RAW_SCORES) else self.ask
        return asked("LGBM_BoosterCalcNumPredict", function, handle, rows, kind, *more)

    def header(self, _name: str, function: Function, handle: Any, *more: Any) -> int:
        """Let a booster answer that knows all but the trees."""
        standin = self._standin(handle)
        return function(standin.for_header if standin else handle, *more)

    def ask(self, name: str, function: Function, *arguments: Any) -> int:
        """Let LightGBM's own boosters answer."""
        own: list[Any] = []
        for argument in arguments:
            standin = self._standin(argument)
            own.append(argument if standin is None else standin.own())
            if standin is not None and own[-1] is None:
                return -1  # as every function of the library does when it has failed; the error is there to be asked for
            self._note(name, standin)
        return function(*own)

    def _standin(self, argument: Any) -> StandIn | None:
        return self._standins.get(argument.value) if isinstance(argument, ctypes.c_void_p) else None

    def _note(self, name: str, standin: StandIn | None) -> None:
        if standin is None:
            return
        if name.startswith(PREDICTS):
            self._tally.decline(f"{name.removeprefix('LGBM_Booster')} is LightGBM's own")
        elif name not in LOOKS:
            standin.changed()

    def predict(self, handle: Any, *arguments: Any) -> int:
        """LGBM_BoosterPredictForMat."""
        standin = self._standin(handle)
        if standin is None:
            return self._predict(handle, *arguments)
        try:
            return self._predict_fast(standin, *arguments)
        except Declined as reason:
            self._tally.decline(str(reason))
        own = standin.own()
        return -1 if own is None else self._predict(own, *arguments)

    def _predict_fast(  # noqa: PLR0913  LightGBM's arguments
        self,
        standin: StandIn,
        data: Any,
        kind: Any,
        rows: Any,
        columns: Any,
        row_major: Any,
        wanted: Any,
        first: Any,
        iterations: Any,
        parameters: Any,
        out_count: Any,
        out: Any,
    ) -> int:
        matrix = Matrix(data, kind.value, rows.value, columns.value, bool(row_major.value))
        forest = self._forest(standin, matrix, wanted.value, parameters)
        shape = (matrix.kind, matrix.rows, matrix.columns, int(matrix.row_major))
        forest.predict(
            ctypes.cast(data, ctypes.c_void_p).value or 0,
            *shape,
            first.value,
            iterations.value,
            raw=wanted.value == RAW_SCORES,
            threads=self._cpus,
            out=ctypes.cast(out, ctypes.c_void_p).value or 0,
        )
        out_count._obj.value = matrix.rows * forest.classes  # noqa: SLF001
        self._tally.serve(matrix.rows)
        return 0

    def _forest(self, standin: StandIn, matrix: Matrix, wanted: int, parameters: Any) -> Forest:
        """The trees that may predict this.

        Raises:
            Declined: LightGBM is to do it, or to say what is wrong.
        """
        forest = standin.forest
        if wanted not in (PREDICTIONS, RAW_SCORES):
            raise Declined(f"{OTHER_KINDS.get(wanted, 'another kind of prediction')} is LightGBM's own")
        if forest is None:
            raise Declined("its trees were changed after it was loaded")
        if matrix.columns != forest.features or matrix.rows < 1:
            raise Declined("the matrix has another shape than the training data")
        if stops_early(parameters.value):
            raise Declined("pred_early_stop is LightGBM's own")
        if self._check(ctypes.c_int32(1), parameters, ctypes.byref(ctypes.c_int())):  # reads them as a prediction does
            raise Declined("LightGBM does not accept the parameters")
        if not standin.agrees(lambda: agree(standin, matrix, wanted, parameters, self._lightgbm), self._tally):
            raise Declined("LightGBM predicted something else for a few rows")
        return forest


def stops_early(parameters: bytes) -> bool:
    """Whether LightGBM may skip trees: the only parameter of a prediction that changes it."""
    pairs = (word.partition(b"=") for word in parameters.split())
    return any(key == b"pred_early_stop" and value.lower() not in (b"false", b"-") for key, _, value in pairs)
