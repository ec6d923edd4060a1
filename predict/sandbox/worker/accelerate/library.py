"""The functions of LightGBM's C library, some of them replaced: what its Python package calls by ctypes.

Handles of boosters are pointers that Python only passes on. A stand-in's is a number that no pointer can be.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
from pathlib import Path
from typing import Any

from .agreement import LightGBM, agree
from .call import PREDICTIONS, RAW_SCORES, Call
from .forest import Declined, ways
from .standin import Function, StandIn
from .tally import Tally
from .text import as_text, borrowing, hold

FIRST_HANDLE = 1 << 62
FAILED = -1  # what each function of the library returns; the error is there to be asked for
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


def accelerate(basic: Any, cpus: int, tally: Tally) -> None:
    """Replace functions of the library that `lightgbm.basic` has just opened.

    Raises:
        AttributeError, OSError, TypeError: it is not made as we know it, or the kernel is not here.
    """
    ways()  # opens the kernel
    name = "_c_str" if hasattr(basic, "_c_str") else "c_str"
    c_str, library = borrowing(getattr(basic, name)), basic._LIB  # noqa: SLF001  the same in all releases
    replaced = Boosters(library, cpus, tally)
    library.__class__ = type("CDLL", (Replaced,), {"replaced": replaced})
    setattr(basic, name, c_str)


class Replaced(ctypes.CDLL):
    """The library's class from now on; ctypes asks for each function by name, once."""

    replaced: Boosters

    def __getattr__(self, name: str) -> Any:
        function: Any = super().__getattr__(name)
        if name.startswith(PREFIX):
            function = self.replaced.instead_of(name, function)
            setattr(self, name, function)
        return function


class Boosters:
    """All stand-ins, by handle, and what to do in place of each function."""

    def __init__(self, library: ctypes.CDLL, cpus: int, tally: Tally) -> None:
        self._load: Function = library["LGBM_BoosterLoadModelFromString"]
        self._free: Function = library["LGBM_BoosterFree"]
        self._predict: Function = library["LGBM_BoosterPredictForMat"]
        self._check: Function = library["LGBM_GetSampleCount"]
        self._lightgbm = LightGBM(self._load, self._predict, self._free)
        self._cpus = cpus
        self._tally = tally
        self._standins: dict[int, StandIn] = {}
        self._handles = itertools.count(FIRST_HANDLE)

        self._instead: dict[str, Any] = {
            "LGBM_BoosterLoadModelFromString": lambda _name, _function, *arguments: self.load(*arguments),
            "LGBM_BoosterCreateFromModelfile": self.load_file,
            "LGBM_BoosterFree": lambda _name, _function, handle: self.free(handle),
            "LGBM_BoosterGetCurrentIteration": self.count,
            "LGBM_BoosterNumberOfTotalModel": self.count,
            "LGBM_BoosterCalcNumPredict": self.count_predictions,
            "LGBM_BoosterPredictForMat": lambda _name, _function, *arguments: self.predict(*arguments),
        } | dict.fromkeys(OF_HEADER, self.header)

    def instead_of(self, name: str, function: Function) -> Function:
        """What to call for a function of the library."""
        return functools.partial(self._instead.get(name, self.ask), name, function)

    def load(self, text: Any, iterations: Any, handle: Any) -> int:
        """LGBM_BoosterLoadModelFromString."""
        try:
            standin = StandIn(as_text(text), self._load)
        except Exception as reason:  # noqa: BLE001  also of ours: LightGBM knows better
            self._tally.decline(words(reason))
            return self._load(text, iterations, handle)
        handle._obj.value = number = next(self._handles)  # noqa: SLF001  what ctypes.byref refers to
        iterations._obj.value = standin.iterations  # noqa: SLF001
        self._standins[number] = standin
        return 0

    def load_file(self, _name: str, function: Function, name: Any, iterations: Any, handle: Any) -> int:
        """LGBM_BoosterCreateFromModelfile."""
        try:
            text = hold(Path(name.value.decode()).read_bytes().partition(b"\0")[0])
        except (OSError, ValueError):  # LightGBM says what is wrong
            return function(name, iterations, handle)
        return self.load(text, iterations, handle)

    def free(self, handle: Any) -> int:
        """LGBM_BoosterFree."""
        standin = self._standins.pop(handle.value, None)
        if standin is None:
            return self._free(handle)
        return max(map(self._free, standin.handles()))

    def count(self, name: str, function: Function, handle: Any, out: Any) -> int:
        """LGBM_BoosterGetCurrentIteration, LGBM_BoosterNumberOfTotalModel."""
        standin = self._standin(handle)
        if standin is None or standin.forest is None:
            return self.ask(name, function, handle, out)
        out._obj.value = standin.trees if name.endswith("TotalModel") else standin.iterations  # noqa: SLF001
        return 0

    def count_predictions(self, name: str, function: Function, handle: Any, rows: Any, kind: Any, *more: Any) -> int:
        """LGBM_BoosterCalcNumPredict: only other kinds of predictions are as many as there are trees."""
        asked = self.header if kind.value in (PREDICTIONS, RAW_SCORES) else self.ask
        return asked(name, function, handle, rows, kind, *more)

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
                return FAILED
            self._note(name, standin)
        return function(*own)

    def _standin(self, argument: Any) -> StandIn | None:
        return self._standins.get(argument.value or 0) if isinstance(argument, ctypes.c_void_p) else None

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
            self._predict_fast(standin, Call(*arguments))
        except Exception as reason:  # noqa: BLE001  also of ours: LightGBM knows better
            self._tally.decline(words(reason))
            own = standin.own()
            return FAILED if own is None else self._predict(own, *arguments)
        return 0

    def _predict_fast(self, standin: StandIn, call: Call) -> None:
        forest = standin.forest
        if forest is None:
            raise Declined("its trees were changed after it was loaded")
        call.check(forest)
        if self._check(ctypes.c_int32(1), call.parameters, ctypes.byref(ctypes.c_int())):  # as a prediction reads them
            raise Declined("LightGBM does not accept the parameters")
        if not standin.agrees(lambda: agree(standin, call, self._lightgbm), self._tally):
            raise Declined("LightGBM predicted something else for a few rows")
        call.answer(forest, self._cpus)
        self._tally.serve(call.rows.value)


def words(reason: Exception) -> str:
    """Why LightGBM does it; a fault of ours by its name."""
    return str(reason) if isinstance(reason, Declined) else f"unforeseen: {type(reason).__name__}: {reason}"
