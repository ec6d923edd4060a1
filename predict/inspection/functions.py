"""The functions that travel in a pickle: their code, and what its names stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .code import Code
from .unpickler import Stand, code_of, full_name

MAKERS = {
    *("cloudpickle.cloudpickle._make_function", "cloudpickle.cloudpickle._make_skel_func"),
    *("dill._dill._create_function", "types.FunctionType", "builtins.function"),
}
BY_VALUE = {"cloudpickle.cloudpickle.dynamic_subimport", "cloudpickle.cloudpickle_fast.dynamic_subimport"}
MODULES = {
    *("cloudpickle.cloudpickle.subimport", *BY_VALUE),
    *("dill._dill._import_module", "importlib.import_module", "builtins.__import__"),
}


@dataclass(frozen=True)
class Function:
    """One function."""

    code: Code
    names: Mapping[str, str] = field(default_factory=dict)
    """Full names of the modules, classes and functions that its global and free variables stand for."""
    defined: frozenset[str] = frozenset()
    """Its global variables that travel along, whatever they are."""


def functions(things: Iterable[Any]) -> Iterator[Function]:
    """The functions among what a pickle makes."""
    for thing in things:
        if isinstance(thing, Stand) and full_name(thing) in MAKERS:
            code = next(filter(None, (code_of(each) for each in thing.args if isinstance(each, Stand))), None)
            if code is not None:
                yield _function(code, thing)


def _function(code: Code, made: Stand) -> Function:
    variables = [part for part in (*made.args, *_parts(made.state)) if isinstance(part, dict)]
    found: dict[str, Any] = {}
    for part in variables:
        inner = part.get("__globals__", part.get("globals"))
        found |= inner if isinstance(inner, dict) else {}
    if full_name(made).startswith("dill."):  # it hands them over as they are
        found |= next((part for part in variables if "__builtins__" not in part), {})
    cells = next((part["__closure__"] for part in variables if isinstance(part.get("__closure__"), tuple)), ())
    free = dict(zip(code.freevars, map(_content, cells), strict=False))
    named = {name: stood for name, value in {**found, **free}.items() if (stood := stands_for(value))}
    return Function(code, named, frozenset(filter(_is_text, found)))


def _is_text(name: Any) -> bool:
    return isinstance(name, str)


def _parts(state: Any) -> tuple[Any, ...]:
    return state if isinstance(state, tuple) else (state,)


def _content(cell: Any) -> Any:
    return cell.args[0] if isinstance(cell, Stand) and cell.args else None


def stands_for(value: Any) -> str:
    """The full name of a module, class or function that comes by name; nothing for everything else."""
    if isinstance(value, type) and issubclass(value, Stand):
        return full_name(value)
    if isinstance(value, Stand) and full_name(value) in MODULES and value.args and isinstance(value.args[0], str):
        return value.args[0]
    return ""
