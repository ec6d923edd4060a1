"""What makes a pickle large, and which feature columns stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .code import Code
from .facts import Part
from .shortened import Large
from .unpickler import Stand, full_name

BEGINS = "feature_"
NAME = re.compile(r"feature_\w+", re.ASCII)  # of a feature column
ARRAYS = ("_frombuffer", "_reconstruct", "frombuffer", "NumpyArrayWrapper")


def parts(large: Iterable[Large], things: Iterable[Any]) -> tuple[Part, ...]:
    """Group the large strings by the kind of object that holds them, largest first."""
    owners = {_beginning(text): owner for thing in things for owner, text in _held(thing)}
    sums: dict[str, tuple[int, int]] = {}
    for string in large:
        owner = owners.get(string.beginning, "a string")
        count, size = sums.get(owner, (0, 0))
        sums[owner] = count + 1, size + string.size
    found = (Part(owner, count, size) for owner, (count, size) in sums.items())
    return tuple(sorted(found, key=lambda part: -part.size))


def _held(thing: Any) -> Iterator[tuple[str, str | bytes | bytearray]]:
    """The strings that a stand-in holds itself, with its name."""
    if not isinstance(thing, Stand):
        return
    name = _owner(thing)
    state = thing.state.values() if isinstance(thing.state, dict) else thing.state
    for held in (*thing.args, *(state if isinstance(state, Iterable) else ()), state):
        if isinstance(held, str | bytes | bytearray):
            yield name, held
        elif isinstance(held, dict):
            yield from ((name, each) for each in held.values() if isinstance(each, str | bytes | bytearray))


def _owner(thing: Stand) -> str:
    """The kind of object, as people call it."""
    if thing.name in ARRAYS:
        return "numpy.ndarray"
    return "captured variables" if thing.module.startswith(("cloudpickle.", "dill.")) else full_name(thing)


def _beginning(text: str | bytes | bytearray) -> bytes:
    return text[:64].encode("utf-8", "replace")[:64] if isinstance(text, str) else bytes(text[:64])


def columns(things: Iterable[Any], codes: Iterable[Code]) -> tuple[str, ...]:
    """The feature columns that constants name, and lists that travel along; in the order in which they are found.

    Tuples count as constants of code only: what else a function names (its variables) stands in tuples too.
    """
    lists = (thing for thing in things if isinstance(thing, list | set | frozenset | dict))
    texts = texts_in([code.consts for code in codes])
    named = (text for group in (*lists, texts) for text in group if isinstance(text, str) and text.startswith(BEGINS))
    return tuple(dict.fromkeys(text for text in named if NAME.fullmatch(text)))


def texts_in(constants: Iterable[Any]) -> Iterator[str]:
    """Every text among constants, at any depth."""
    waiting = [*constants]
    for constant in waiting:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple | frozenset):
            waiting.extend(constant)
