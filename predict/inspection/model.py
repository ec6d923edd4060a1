"""What the thing in a pickle is, and with which arguments it is called: as `inspect.signature` would say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .code import ASYNC_GENERATOR, COROUTINE, GENERATOR, VARARGS
from .facts import Model, ModelKind
from .functions import MAKERS
from .unpickler import Stand, StandForClass, code_of, full_name

FLAGS: tuple[tuple[int, ModelKind], ...] = (
    (GENERATOR, "generator"),
    (COROUTINE, "coroutine"),
    (ASYNC_GENERATOR, "generator"),
)


def model_of(root: Any) -> Model:
    """Tell what the pickle holds."""
    if isinstance(root, StandForClass):
        return Model("class", root.name)  # type: ignore[attr-defined]  # each has one
    if isinstance(root, type) and issubclass(root, Stand):
        return Model("reference", full_name(root))
    return _of_stand(root) if isinstance(root, Stand) else Model("data", type(root).__name__)


def _of_stand(root: Stand) -> Model:
    if full_name(root) in MAKERS:
        return _of_function(root)
    if full_name(root) == "functools.partial" and root.args:
        return _of_partial(root)
    bound = _method(root) or _of_bound(_attribute(type(root), "__call__"))
    return bound or Model("instance", full_name(root))


def _of_bound(function: Any) -> Model | None:
    """A function whose first argument is given, if it travels along."""
    return _of_function(function, 1) if isinstance(function, Stand) and full_name(function) in MAKERS else None


def _of_function(made: Stand, first: int = 0) -> Model:
    code = next(filter(None, (code_of(each) for each in made.args if isinstance(each, Stand))), None)
    if code is None:
        return Model("function", "")
    kind: ModelKind = next((kind for flag, kind in FLAGS if code.flags & flag), "function")
    defaults, keyword_defaults = _defaults(made)
    positional = code.varnames[first : code.argcount]
    optional = min(len(defaults), len(positional))
    needs = positional[: len(positional) - optional]
    own = code.varnames[code.argcount : code.argcount + code.kwonly]
    lacking = tuple(name for name in own if name not in keyword_defaults)
    return Model(kind, code.name, needs, bool(optional) or bool(code.flags & VARARGS), lacking)


def _of_partial(root: Stand) -> Model:
    """What it holds already is not needed any more."""
    inner = model_of(root.args[0])
    state = root.state if isinstance(root.state, tuple) and len(root.state) > 2 else (None, (), {})  # noqa: PLR2004
    _, given, keywords, *_ = state
    given, keywords = given if isinstance(given, tuple) else (), keywords if isinstance(keywords, dict) else {}
    if inner.needs is None:
        return replace(inner, name="functools.partial")
    left = list(inner.needs[len(given) :])
    while any(name in keywords for name in left):  # what stands behind it can be given by name only
        left = left[: next(number for number, name in enumerate(left) if name in keywords)]
    lacking = tuple(name for name in inner.keywords if name not in keywords)
    return replace(inner, needs=tuple(left), keywords=lacking)


def _method(root: Stand) -> Model | None:
    """A bound method, as cloudpickle writes it, or as plain pickle does."""
    maker, args = root.function, root.args
    if isinstance(maker, Stand) and maker.args[:1] == ("MethodType",) and args:
        return _of_bound(args[0])
    if full_name(root) == "builtins.getattr" and len(args) > 1 and isinstance(args[1], str):
        return _of_bound(_attribute(type(args[0]), args[1]))
    return None


def _attribute(kind: type, name: str) -> Any:
    """An attribute of a class by value, or of one that it inherits from."""
    waiting: list[Any] = [kind]
    while waiting:
        cls = waiting.pop(0)
        if not isinstance(cls, StandForClass):
            continue
        parts = cls.filled if isinstance(cls.filled, tuple) else (cls.filled,)
        found = next((part[name] for part in parts if isinstance(part, dict) and name in part), None)
        if found is not None:
            return found
        waiting += [base for part in cls.made_of if isinstance(part, tuple) for base in part]
    return None


def _defaults(made: Stand) -> tuple[tuple[Any, ...], dict[str, Any]]:
    parts = made.state if isinstance(made.state, tuple) else (made.state,)
    slots = next((part for part in parts if isinstance(part, dict) and "__defaults__" in part), {})
    defaults, keywords = slots.get("__defaults__"), slots.get("__kwdefaults__")
    if not slots:  # dill and old cloudpickles hand them to the constructor
        defaults = next((each for each in made.args[2:] if isinstance(each, tuple)), ())
    return defaults if isinstance(defaults, tuple) else (), keywords if isinstance(keywords, dict) else {}
