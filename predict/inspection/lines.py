"""Which line of its author's file each instruction stands on, from the three forms of CPython's table.

Sources: `Objects/lnotab_notes.txt` (to 3.9), PEP 626 (3.10), `Objects/locations.md` (from 3.11).
"""

from __future__ import annotations

from collections.abc import Iterator

from .bytecode import Version
from .code import Code

NO_LINE = -128
LONG, NO_COLUMNS, NONE = 14, 13, 15  # kinds of entries
ONE_LINE = range(10, 13)


def lines(code: Code, version: Version) -> dict[int, int]:
    """Line by the offset of each two bytes; without those that stand on none."""
    if version >= (3, 11):
        spans = _from_3_11(code)
    elif version == (3, 10):
        spans = _of_3_10(code)
    else:
        spans = _to_3_9(code)
    found = {}
    place = 0
    for length, line in spans:
        if line is not None:
            found.update(dict.fromkeys(range(place, place + length, 2), line))
        place += length
    return found


def _from_3_11(code: Code) -> Iterator[tuple[int, int | None]]:
    line, table = code.line, iter(code.lines)
    for first in table:
        kind, length = first >> 3 & 15, 2 * ((first & 7) + 1)
        if kind in (NO_COLUMNS, LONG):
            line += _signed(table)
        elif kind in ONE_LINE:
            line += kind - ONE_LINE.start
        yield length, None if kind == NONE else line
        if kind == LONG:
            for _ in ("end line", "column", "end column"):
                _number(table)
        elif kind not in (NONE, NO_COLUMNS):
            next(table, None)
            next(table, None) if kind in ONE_LINE else None


def _number(table: Iterator[int]) -> int:
    """Six bits of a number in each byte, the lowest first."""
    number = shift = 0
    for byte in table:
        number |= (byte & 63) << shift
        shift += 6
        if not byte & 64:
            break
    return number


def _signed(table: Iterator[int]) -> int:
    number = _number(table)
    return -(number >> 1) if number & 1 else number >> 1


def _pairs(code: Code) -> Iterator[tuple[int, int]]:
    for length, step in zip(code.lines[::2], code.lines[1::2], strict=False):
        yield length, step - 256 if step > 127 else step  # noqa: PLR2004  a signed byte


def _of_3_10(code: Code) -> Iterator[tuple[int, int | None]]:
    line = code.line
    for length, step in _pairs(code):
        line += step if step != NO_LINE else 0
        yield length, None if step == NO_LINE else line


def _to_3_9(code: Code) -> Iterator[tuple[int, int | None]]:
    """Here a step of lines comes behind the bytes that stand on the line before."""
    line, left = code.line, len(code.code)
    for length, step in _pairs(code):
        yield length, line
        line, left = line + step, left - length
    yield left, line
