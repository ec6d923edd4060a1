"""Read a file and gather everything that it tells without being loaded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from .bytecode import Version, alike, interpreters, versions
from .code import Code
from .facts import OWN_CODE, Facts, Use
from .functions import BY_VALUE, MAKERS, MODULES, Function, functions
from .graph import walk
from .libraries import evidence
from .model import model_of
from .parts import columns, parts
from .unpickler import Inert, Noticed, Stand, code_of, full_name, read
from .uses import uses
from .wants import wants
from .wrappers import GaveUpError, UnreadableError, bounded, unwrap

MOST = 1_000
"""Of each kind of fact: a hostile pickle may hold millions, and nobody reads more."""

AT_LOAD = {"__setstate__", "__new__"}
"""Methods of a class that travels along which loading calls."""


def gather(file: BinaryIO) -> Facts:
    """Read a file; what cannot be read is a fact too."""
    facts = Facts(size=_size(file))
    try:
        with bounded():
            unwrapped = unwrap(file)
            facts = replace(facts, wrappers=unwrapped.wrappers)
            return _told(facts, *read(unwrapped))
    except UnreadableError as error:
        return replace(facts, unreadable=str(error), gave_up=isinstance(error, GaveUpError))


def _size(file: BinaryIO) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _told(facts: Facts, root: Any, inert: Inert) -> Facts:
    things = list(walk(root))
    codes = [code for thing in things if isinstance(thing, Stand) and (code := code_of(thing))]
    pythons, strange = _authors(codes)
    found = list(functions(things))
    used = list(_uses(found, pythons, model_first=full_name(root) in MAKERS))
    return replace(
        facts,
        protocol=inert.protocol,
        pythons=tuple(map(_spelled, pythons)) if codes else None,
        alike=len(pythons) < 2 or (not strange and all(alike(code, pythons) for code in codes)),  # noqa: PLR2004  one has no other
        codes=len(codes),
        strange=tuple(strange[:MOST]),
        model=model_of(root),
        names=tuple(inert.names)[:MOST],
        modules=tuple(_modules(things))[:MOST],
        uses=tuple(used[:MOST]),
        evidence=tuple(evidence(inert.names, things))[:MOST],
        columns=columns(things, codes)[:MOST],
        parts=parts(inert.large, things)[:MOST],
        wants=tuple(wants(used, found))[:MOST],
        calls=tuple(_calls(inert, things)),
    )


def _calls(inert: Inert, things: Iterable[Any]) -> Iterator[str]:
    """What loading calls beyond what makes objects: by name, or code that travels along."""
    yield from (full_name(kind) for kind in inert.names.values() if issubclass(kind, Noticed) and kind.called)
    called = any(kind.result_called for kind in inert.names.values() if full_name(kind) in MAKERS)
    methods = (thing[name] for thing in things if isinstance(thing, dict) for name in AT_LOAD & thing.keys())
    if called or any(isinstance(method, Stand) and full_name(method) in MAKERS for method in methods):
        yield OWN_CODE


def _authors(codes: Iterable[Code]) -> tuple[tuple[Version, ...], list[str]]:
    """The versions that all code can be of, and the names of what can be of none of these."""
    left, strange = tuple(each.version for each in interpreters()), []
    for code in codes:
        common = tuple(version for version in versions(code) if version in left)
        if common:
            left = common
        else:
            strange.append(code.name)
    return (left if len(left) < len(interpreters()) else ()), strange


def _uses(found: Iterable[Function], pythons: tuple[Version, ...], *, model_first: bool) -> Iterator[Use]:
    """What functions use, each once, as the newest Python reads them that may have written them.

    `model_first`: the first is the model itself, of which alone we know that it is called.
    """
    reader = next((each for each in reversed(interpreters()) if each.version in pythons), None)
    if reader is None:
        return
    seen = set()
    for number, function in enumerate(found):
        if reader.version not in versions(function.code):
            continue
        for use in uses(function, reader):
            line = None if use.kind == "import" else use.line  # calls and their keywords are brought together by lines
            if (key := (*use[:4], use.guarded, use.kept, line)) not in seen:
                seen.add(key)
                yield use._replace(always=use.always and model_first and not number)


def _modules(things: Iterable[Any]) -> Iterator[str]:
    """Names of modules that travel by name; others are made of what travels with them."""
    makers = MODULES - BY_VALUE
    named = (thing for thing in things if isinstance(thing, Stand) and full_name(thing) in makers and thing.args)
    yield from dict.fromkeys(thing.args[0] for thing in named if isinstance(thing.args[0], str))


def _spelled(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
