"""The functions of LightGBM's C library, some of them replaced: what its Python package calls by ctypes.

Handles of boosters are pointers that Python only passes on. A stand-in's is a number that no pointer can be.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import itertools
from pathlib import Path
from typing import Any

from .agreement import LightGBM, agree, kind
from .call import PREDICTIONS, RAW_SCORES, Call, assign
from .forest import Declined, ways
from .standin import Function, StandIn
from .tally import Tally
from .text import as_text, borrowing, hold

FIRST_HANDLE = 1 << 62
SMALL = 64  # trees: asking LightGBM would take as long as what is saved
FAILED = -1  # what each function of the library returns; the error is there to be asked for
PREFIX = "LGBM_Booster"

# What a stand-in knows itself.
KNOWN = {
    "LGBM_BoosterGetCurrentIteration": "iterations",
    "LGBM_BoosterGetNumClasses": "classes",
    "LGBM_BoosterGetNumFeature": "features",
    "LGBM_BoosterNumberOfTotalModel": "trees",
    "LGBM_BoosterNumModelPerIteration": "classes",
}
# What no tree is needed for.
OF_HEADER = {
    "LGBM_BoosterGetFeatureNames",
    "LGBM_BoosterGetLoadedParam",
    "LGBM_BoosterValidateFeatureNames",
}
# What needs the trees and leaves them as they are; everything else may change them.
LOOKS = {
    "LGBM_BoosterCalcNumPredict",
    "LGBM_BoosterDumpModel",
    "LGBM_BoosterFeatureImportance",
    "LGBM_BoosterGetEval",
    "LGBM_BoosterGetEvalCounts",
    "LGBM_BoosterGetEvalNames",
    "LGBM_BoosterGetLeafValue",
    "LGBM_BoosterGetLinear",
    "LGBM_BoosterGetLowerBoundValue",
    "LGBM_BoosterGetNumPredict",
    "LGBM_BoosterGetPredict",
    "LGBM_BoosterGetUpperBoundValue",
    "LGBM_BoosterSaveModel",
    "LGBM_BoosterSaveModelToString",
}
# Predictions that are LightGBM's own.
PREDICTS = "LGBM_BoosterPredict"


def accelerate(basic: Any, cpus: int, tally: Tally) -> None:
    """Replace functions of the library that `lightgbm.basic` has opened.

    Raises:
        AttributeError, OSError, TypeError: it is not made as we know it, or the kernel is not here.
    """
    ways()  # opens the kernel
    name = "_c_str" if hasattr(basic, "_c_str") else "c_str"
    c_str, library = borrowing(getattr(basic, name)), basic._LIB  # noqa: SLF001  the same in all releases
    replaced = Boosters(library, cpus, tally)
    library.__class__ = type("CDLL", (Replaced,), {"replaced": replaced})
    for known in [known for known in vars(library) if known.startswith(PREFIX)]:
        delattr(library, known)  # asked for before
    setattr(basic, name, c_str)


class Replaced(ctypes.CDLL):
    """The library's class from now on; what is asked for as an attribute comes from here too, once."""

    replaced: Boosters

    def __getitem__(self, name: Any) -> Any:
        function: Any = super().__getitem__(name)
        return self.replaced.instead_of(name, function) if str(name).startswith(PREFIX) else function


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
        self._agreed: dict[bytes, bool] = {}
        self._instead: dict[str, Any] = {
            "LGBM_BoosterLoadModelFromString": lambda _name, _function, *arguments: self.load(*arguments),
            "LGBM_BoosterCreateFromModelfile": self.load_file,
            "LGBM_BoosterFree": lambda _name, _function, handle: self.free(handle),
            "LGBM_BoosterCalcNumPredict": self.count_predictions,
            "LGBM_BoosterPredictForMat": lambda _name, _function, *arguments: self.predict(*arguments),
        }
        self._instead |= dict.fromkeys(OF_HEADER, self.header) | dict.fromkeys(KNOWN, self.know)

    def instead_of(self, name: str, function: Function) -> Function:
        """What to call for a function of the library."""
        return functools.partial(self._instead.get(name, self.ask), name, function)

    def load(self, text: Any, iterations: Any, handle: Any) -> int:
        """LGBM_BoosterLoadModelFromString."""
        return 0 if self._stand_in(text, iterations, handle) else self._load(text, iterations, handle)

    def _stand_in(self, text: Any, iterations: Any, handle: Any) -> bool:
        try:
            standin = StandIn(as_text(text), self._load)
        except Exception as reason:  # noqa: BLE001  also of ours: LightGBM knows better
            self._tally.decline(words(reason))
            return False
        number = next(self._handles)
        self._standins[number] = standin
        assign(iterations, standin.iterations)
        assign(handle, number)
        return True

    def load_file(self, _name: str, function: Function, name: Any, iterations: Any, handle: Any) -> int:
        """LGBM_BoosterCreateFromModelfile."""
        with contextlib.suppress(OSError, ValueError):  # LightGBM says what is wrong
            file = Path(name.value.decode())
            if file.is_file() and self._stand_in(hold(file.read_bytes().partition(b"\0")[0]), iterations, handle):
                return 0
        return function(name, iterations, handle)

    def free(self, handle: Any) -> int:
        """LGBM_BoosterFree."""
        standin = self._standins.pop(handle.value, None)
        if standin is None:
            return self._free(handle)
        return max(map(self._free, standin.handles()), default=0)

    def know(self, name: str, function: Function, handle: Any, out: Any) -> int:
        """Answer what needs no booster of LightGBM's."""
        standin = self._standin(handle)
        if standin is None or standin.forest is None:
            return self.ask(name, function, handle, out)
        assign(out, getattr(standin.forest, KNOWN[name]))
        return 0

    def count_predictions(self, name: str, function: Function, handle: Any, rows: Any, kind: Any, *more: Any) -> int:
        """LGBM_BoosterCalcNumPredict: only other kinds of predictions are as many as there are trees."""
        standin = self._standin(handle)
        if standin is None or kind.value not in (PREDICTIONS, RAW_SCORES):
            return self.ask(name, function, handle, rows, kind, *more)
        assign(more[-1], rows.value * standin.classes)
        return 0

    def header(self, _name: str, function: Function, handle: Any, *more: Any) -> int:
        """Let a booster answer that knows all but the trees."""
        standin = self._standin(handle)
        own = standin.for_header() if standin else handle
        return FAILED if own is None else function(own, *more)

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
        handle = argument.value if isinstance(argument, ctypes.c_void_p) else argument
        return self._standins.get(handle) if type(handle) is int else None

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
            return self._predict_fast(standin, Call(*arguments))
        except Exception as reason:  # noqa: BLE001  also of ours: LightGBM knows better
            self._tally.decline(words(reason))
        own = standin.own()
        return FAILED if own is None else self._predict(own, *arguments)

    def _predict_fast(self, standin: StandIn, call: Call) -> int:
        forest = standin.forest
        if forest is None:
            raise Declined("its trees were changed after it was loaded")
        call.check(forest)
        standin.agree(lambda: self._agree(standin, call), self._tally)
        if self._check(ctypes.c_int32(1), call.parameters, ctypes.byref(ctypes.c_int())):
            return FAILED  # as a prediction does that reads them
        call.answer(forest, self._cpus)
        self._tally.serve(call.rows.value)
        return 0

    def _agree(self, standin: StandIn, call: Call) -> bool:
        """Ask LightGBM; for a small booster only if it was not asked for one of its kind."""
        if standin.trees >= SMALL or not standin.has_text:
            return agree(standin, call, self._lightgbm)
        known = kind(standin)
        if known not in self._agreed:
            self._agreed[known] = agree(standin, call, self._lightgbm)
        return self._agreed[known]


def words(reason: Exception) -> str:
    """Why LightGBM does it; a fault of ours by its name."""
    return str(reason) if isinstance(reason, Declined) else f"unforeseen: {type(reason).__name__}: {reason}"
