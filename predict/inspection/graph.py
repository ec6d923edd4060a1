"""Walk over all that a pickle would have made."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from .unpickler import Stand, StandForClass

PLAIN = {int, float, str, bytes, bytearray, bool, complex, type(None)}
Thing = Stand | StandForClass | dict[Any, Any] | list[Any] | tuple[Any, ...] | set[Any] | frozenset[Any]


def walk(root: Any) -> Iterator[Any]:
    """Iterate over everything that holds something, each once; without recursion, for pickles may be deep."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        inside = _inside(thing)
        if inside is None or id(thing) in seen:
            continue
        seen.add(id(thing))
        yield thing
        waiting += inside


def _inside(thing: Any) -> list[Any] | None:
    """What a thing holds; None if it is a plain value."""
    match thing:
        case Stand():
            return [thing.args, thing.keywords, thing.state, thing.items, thing.function, type(thing)]
        case StandForClass():
            return [thing.made_of, thing.filled]
        case dict():
            return _holders((*thing.keys(), *thing.values()))
        case list() | tuple() | set() | frozenset():
            return _holders(thing)
    return None


def _holders(things: Collection[Any]) -> list[Any]:
    """Those that may hold something; a list of a million numbers is passed over at the speed of C."""
    return [] if PLAIN.issuperset(map(type, things)) else list(things)
