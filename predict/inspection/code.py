"""Code objects as a pickle holds them: the arguments of their constructor, never the thing itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# Names of the constructor's arguments by their number; the source is `code_new` in CPython's Objects/codeobject.c.
BEFORE_3_8 = "argcount kwonly nlocals stack flags code consts names varnames file name line lines freevars cellvars"
FROM_3_8 = BEFORE_3_8.replace("argcount", "argcount posonly")
FROM_3_11 = FROM_3_8.replace("name line lines", "name qualname line lines exceptions")
ARGUMENTS = {len(names.split()): names.split() for names in (BEFORE_3_8, FROM_3_8, FROM_3_11)}
MODERN = len(FROM_3_11.split())
KINDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("argcount", "posonly", "kwonly", "nlocals", "stack", "flags", "line"), int),
    **dict.fromkeys(("code", "lines", "exceptions"), bytes),
    **dict.fromkeys(("consts", "names", "varnames", "freevars", "cellvars"), tuple),
    **dict.fromkeys(("file", "name", "qualname"), str),
}
LARGEST = 2**31 - 1  # the constructor takes C's int
VARARGS, VARKEYWORDS, GENERATOR, COROUTINE, ASYNC_GENERATOR = 0x4, 0x8, 0x20, 0x80, 0x200


@dataclass(frozen=True)
class Code:
    """One code object."""

    arity: int
    """How many arguments its constructor took: that alone tells some Pythons apart."""
    argcount: int
    kwonly: int
    nlocals: int
    flags: int
    code: bytes
    consts: tuple[Any, ...]
    names: tuple[str, ...]
    varnames: tuple[str, ...]
    file: str
    name: str
    line: int
    lines: bytes
    exceptions: bytes | None
    """None before Python 3.11, which has no such table."""
    freevars: tuple[str, ...]
    cellvars: tuple[str, ...]
    posonly: int = 0

    def inner(self) -> Iterator[Code]:
        """Itself and those among its constants, at any depth."""
        waiting: list[Any] = [self]
        while waiting:
            found = waiting.pop()
            if isinstance(found, Code):
                yield found
                waiting.extend(found.consts)
            elif isinstance(found, tuple):
                waiting.extend(found)


def from_arguments(arguments: tuple[Any, ...]) -> Code | None:
    """Make one of what a pickle passes to the constructor; None if no Python's constructor takes that."""
    names = ARGUMENTS.get(len(arguments))
    if names is None:
        return None
    fields = dict(zip(names, arguments, strict=True))
    if not all(isinstance(value, KINDS[name]) for name, value in fields.items()):
        return None
    if not all(abs(value) <= LARGEST for value in fields.values() if isinstance(value, int)):
        return None
    if not all(
        isinstance(each, str) for name in ("names", "varnames", "freevars", "cellvars") for each in fields[name]
    ):
        return None
    fields.pop("qualname", None)
    fields.pop("stack")
    return Code(arity=len(arguments), exceptions=fields.pop("exceptions", None), **fields)
