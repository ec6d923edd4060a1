"""Which versions of which libraries wrote a pickle, as far as its bytes betray them.

Each rule was seen to hold over pickles of 14 environments; the tests hold it to those. A specifier says what is known
and no more: that a name exists since a version, or that the library wrote its version down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .facts import BARE, EXPLICIT_SCORE, PASSTHROUGH, Evidence
from .unpickler import Stand, full_name, plain

# Parameters that LightGBM's model text lists since a version, newest first.
LIGHTGBM = {
    "gpu_device_id_list": ">=4.7",
    "bagging_by_query": ">=4.6,<4.7",
    "early_stopping_min_delta": ">=4.4,<4.6",
    "data_sample_strategy": ">=4.1,<4.4",
    "parser_config_file": ">=4.0,<4.1",
}
# UBJSON: the key, an array of three, each an integer of 8, 16 or 32 bits.
XGBOOST = re.compile(rb"version\[#L\0{7}\x03((?:i.|I..|l....){3})", re.DOTALL)
EXPLICIT = re.compile(rb"base_score.{1,12}?\[5E-1(,5E-1)*\]", re.DOTALL)
NUMBER = re.compile(rb"i(.)|I(..)|l(....)", re.DOTALL)
CATBOOST = re.compile(rb"CatBoost [Rr]elease (\d[\d.]*\d)|tags/v(\d[\d.]*\d)")
TWO = 2
RANDOM = ("numpy.random._pickle.__randomstate_ctor", "numpy.random._pickle.__generator_ctor")
SPLINE = "scipy.interpolate._bsplines.BSpline"
VERSION = re.compile(r"\d+(\.\d+)*((a|b|rc|\.?dev|\.?post)\d+)?", re.ASCII)  # what pip would call one
PANDAS_ARRAY = "pandas._libs.arrays.__pyx_unpickle_NDArrayBacked"
# Names by which a library's generations call the same things.
NAMES = (
    (
        "cloudpickle",
        "<3",
        r"cloudpickle\.cloudpickle_fast\..+|cloudpickle\.cloudpickle\._(fill_function|make_skel_func)",
    ),
    ("cloudpickle", ">=3", r"cloudpickle\.cloudpickle\.(_function_setstate|_class_setstate)"),
    ("numpy", "<2", r"numpy\.core\..+"),
    ("numpy", ">=2", r"numpy\._core\..+"),
    ("pandas", "<2", r"pandas\.core\.indexes\.numeric\..+"),
    ("pandas", ">=3", r"pandas\.(arrays\.)?[A-Z]\w+"),
    (
        "pandas",
        "<3",
        r"pandas\.core\.(frame\.DataFrame|series\.Series|indexes\.base\.Index|indexes\.range\.RangeIndex)",
    ),
)


def evidence(names: Iterable[tuple[str, str]], things: Iterable[Any]) -> Iterator[Evidence]:
    """Everything that names and objects say, each once."""
    yield from dict.fromkeys([*_of_names(names), *_of_objects(things)])


def _of_names(names: Iterable[tuple[str, str]]) -> Iterator[Evidence]:
    for module, name in names:
        for library, specifier, pattern in NAMES:
            if re.fullmatch(pattern, f"{module}.{name}"):
                yield Evidence(library, specifier, f"{module}.{name}")


def _of_objects(things: Iterable[Any]) -> Iterator[Evidence]:
    for thing in things:
        if not isinstance(thing, Stand):
            continue
        yield from _of_form(thing)
        if isinstance(state := _attributes(thing.state), Mapping):
            kind = full_name(thing)
            match kind.partition(".")[0]:
                case "sklearn":
                    yield from _of_sklearn(kind, state)
                case "xgboost":
                    yield from _of_xgboost(kind, state)
                case "lightgbm":
                    yield from _of_lightgbm(kind, state)
                case "catboost":
                    yield from _of_catboost(kind, state)


def _of_form(thing: Stand) -> Iterator[Evidence]:
    """How many arguments and what state a version gives to the same name."""
    kind, args, state = full_name(thing), thing.args, thing.state
    if kind == PANDAS_ARRAY and isinstance(state, tuple) and len(state) == TWO:  # dtype and values, but no attributes
        yield Evidence("pandas", ">=3", f"the state of {kind}", BARE)
    if kind.startswith("pandas.") and kind.endswith(".StringDtype") and len(args) == TWO:
        yield Evidence("pandas", ">=2.3", f"the arguments of {kind}")
    if kind in RANDOM and len(args) == TWO:
        yield Evidence("numpy", ">=1.24,<2", f"the arguments of {kind}")
    if kind == SPLINE and isinstance(state, Mapping):
        yield Evidence("scipy", ">=1.17" if "_asarray" in state else "<1.17", f"the state of {kind}")


def _of_sklearn(kind: str, state: Mapping[Any, Any]) -> Iterator[Evidence]:
    rest = state.get("_remainder")  # its name, what is done with them, the columns
    passes = isinstance(rest, tuple) and len(rest) > TWO and rest[1] == "passthrough" and bool(rest[2])
    version = state.get("_sklearn_version")
    if isinstance(version, str) and VERSION.fullmatch(version):
        note = PASSTHROUGH if passes else ""
        yield Evidence("scikit-learn", f"=={version}", f"{kind}._sklearn_version", note)


def _attributes(state: Any) -> Any:
    """With slots, a pickler writes two: the attributes, and those in slots."""
    return state[0] if isinstance(state, tuple) and len(state) == 2 else state  # noqa: PLR2004  that is the pair


def _of_xgboost(kind: str, state: Mapping[Any, Any]) -> Iterator[Evidence]:
    model = _bytes(state.get("handle"))
    note = EXPLICIT_SCORE if EXPLICIT.search(model) else ""
    for found in XGBOOST.findall(model):
        version = ".".join(str(int.from_bytes(b"".join(digits), "big")) for digits in NUMBER.findall(found))
        yield Evidence("xgboost", f"=={version}", f"the version in {kind}", note)


def _of_lightgbm(kind: str, state: Mapping[Any, Any]) -> Iterator[Evidence]:
    text = state.get("_handle", state.get("handle"))
    if not isinstance(text, str) or not text:
        return
    if text.startswith("tree\nversion=v3"):
        yield Evidence("lightgbm", "<4", f"version=v3 in {kind}")
        return
    parameter = next((name for name in LIGHTGBM if f"\n[{name}:" in text), None)
    if parameter:
        yield Evidence("lightgbm", LIGHTGBM[parameter], f"the parameter {parameter} in {kind}")


def _of_catboost(kind: str, state: Mapping[Any, Any]) -> Iterator[Evidence]:
    for value in state.values():
        if found := CATBOOST.search(_bytes(value)):
            version = (found[1] or found[2]).decode()
            yield Evidence("catboost", f"=={version}", f"the release in {kind}")


def _bytes(value: Any) -> bytes:
    found = plain(value)
    return bytes(found) if isinstance(found, bytes | bytearray) else b""
