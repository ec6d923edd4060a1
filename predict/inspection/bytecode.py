"""Which CPython a code object is of: the one whose rules its bytes keep.

Each minor version numbers its opcodes anew, and since 3.11 leaves room for caches behind some of them. A code object
is of a version if every instruction is one of it, every operand is in range, every jump meets an instruction, and the
tables of lines and exceptions cover the code as that version writes them. No single rule tells enough; all together
leave one version, or two that read the same bytes alike (3.11 and 3.12, in bodies such as `return x`).

What the rules come from: `Python/compile.c`, `Python/assemble.c`, `Objects/locations.md`, `InternalDocs/` of CPython,
and what the interpreters say of themselves, in `interpreters/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from .code import MODERN, Code

Version = tuple[int, int]

# The low bits of an operand that are no index, by the version that brought them.
FLAG_BITS: dict[str, list[tuple[Version, int]]] = {
    "LOAD_GLOBAL": [((3, 11), 1)],
    "LOAD_ATTR": [((3, 12), 1)],
    "LOAD_SUPER_ATTR": [((3, 12), 2)],
    "IMPORT_NAME": [((3, 15), 2)],
    "COMPARE_OP": [((3, 12), 4), ((3, 13), 5)],
}
ENDS = {
    *("RETURN_VALUE", "RETURN_CONST", "RERAISE", "RAISE_VARARGS", "INTERPRETER_EXIT", "NOP"),
    *("JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "JUMP_ABSOLUTE", "JUMP_FORWARD"),
}
BEFORE_RESUME = 4  # instructions, and one for each cell
LONGEST_ENTRY = 16  # bytes of an exception table's entry


class Instruction(NamedTuple):
    """One instruction, with the operand that its EXTENDED_ARGs make."""

    offset: int
    name: str
    operand: int
    end: int
    """Offset of the next."""


class MisfitError(Exception):
    """The code breaks a rule of that version."""


@dataclass(frozen=True)
class Interpreter:
    """What one minor version says of its bytecode."""

    version: Version
    names: Mapping[int, str]
    caches: Mapping[str, int]
    kinds: Mapping[str, frozenset[str]]
    comparisons: int
    operators: int

    def flag_bits(self, name: str) -> int:
        """How far an operand must be shifted to be an index."""
        return next((bits for since, bits in reversed(FLAG_BITS.get(name, [])) if self.version >= since), 0)


@lru_cache(maxsize=1)
def interpreters() -> tuple[Interpreter, ...]:
    """All that are known, oldest first."""
    folder = Path(__file__).parent / "interpreters"
    told = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    return tuple(sorted(map(_interpreter, told), key=lambda found: found.version))


def _interpreter(told: dict[str, Any]) -> Interpreter:
    major, _, minor = told["version"].partition(".")
    return Interpreter(
        version=(int(major), int(minor)),
        names={number: name for name, number in told["opcodes"].items()},
        caches=told["caches"],
        kinds={kind: frozenset(names) for kind, names in told.items() if kind.startswith("has")},
        comparisons=told["comparisons"],
        operators=told["operators"],
    )


def versions(code: Code) -> tuple[Version, ...]:
    """Return the versions whose rules the code keeps, oldest first."""
    return tuple(each.version for each in interpreters() if why_not(code, each) is None)


def alike(code: Code, among: tuple[Version, ...]) -> bool:
    """Whether these versions read the same instructions in it: only then does it run on each of them."""
    readers = [each for each in interpreters() if each.version in among]
    readings = [[_today(each) for each in instructions(code, reader)] for reader in readers]
    return all(reading == readings[0] for reading in readings)


def _today(instruction: Instruction) -> tuple[str, int]:
    """3.12 renamed the jumps that go forward."""
    return instruction.name.replace("_FORWARD", ""), instruction.operand


def why_not(code: Code, interpreter: Interpreter) -> str | None:
    """Tell which rule of a version the code breaks; None if it keeps them all."""
    try:
        check(code, interpreter)
    except MisfitError as misfit:
        return str(misfit)
    return None


def check(code: Code, interpreter: Interpreter) -> list[Instruction]:
    """Return the instructions.

    Raises:
        MisfitError: naming the rule that is broken.
    """
    modern = interpreter.version >= (3, 11)
    if (code.arity == MODERN) != modern:
        raise MisfitError("the constructor takes another number of arguments")
    found = list(instructions(code, interpreter))
    if not found or found[-1].name not in ENDS:
        raise MisfitError("it does not end where a body ends")
    for instruction in found:
        _check_operand(instruction, code, interpreter)
    starts = {instruction.offset for instruction in found}
    for instruction in found:
        target = jump(instruction, interpreter)
        if target is not None and target not in starts:
            raise MisfitError(f"{instruction.name} jumps into the middle of an instruction")
    if modern:
        _check_modern(code, found, starts)
    else:
        _check_lines(code, interpreter)
    return found


def instructions(code: Code, interpreter: Interpreter) -> Iterator[Instruction]:
    """Iterate over the instructions, their caches left out.

    Raises:
        MisfitError: there is no such opcode, or no room for its caches.
    """
    data, place, extended, start = code.code, 0, 0, 0
    if len(data) % 2:
        raise MisfitError("half an instruction")
    while place < len(data):
        name = interpreter.names.get(data[place])
        if name is None or name == "CACHE":
            raise MisfitError(f"it has no opcode {data[place]}")
        operand, place = extended | data[place + 1], place + 2
        if name == "EXTENDED_ARG":
            extended = operand << 8
            continue
        end = place + 2 * interpreter.caches.get(name, 0)
        if end > len(data) or any(data[place:end]):
            raise MisfitError(f"no cache behind {name}")
        yield Instruction(start, name, operand, end)
        place, extended, start = end, 0, end


def _check_operand(instruction: Instruction, code: Code, interpreter: Interpreter) -> None:
    _, name, operand, _ = instruction
    kinds, modern = interpreter.kinds, interpreter.version >= (3, 11)
    index = operand >> interpreter.flag_bits(name)
    cells = len(code.cellvars) + len(code.freevars)
    most = None
    if name in kinds["hasname"]:
        most = len(code.names)
    elif name in kinds["hasconst"]:
        most = len(code.consts)
    elif name in kinds["haslocal"]:
        index = max(operand >> 4, operand & 15) if name.count("_FAST") == 2 else operand  # noqa: PLR2004  two locals
        most = len(code.varnames) + cells if modern else len(code.varnames)
    elif name in kinds["hasfree"]:
        most = len(code.varnames) + cells if modern else cells
    elif name == "COMPARE_OP":
        most = interpreter.comparisons
    elif name == "BINARY_OP":
        most = interpreter.operators
    if most is not None and index >= most:
        raise MisfitError(f"{name} {index} of {most}")


def jump(instruction: Instruction, interpreter: Interpreter) -> int | None:
    """Where it may jump to; None if nowhere."""
    name, unit = instruction.name, 2 if interpreter.version >= (3, 10) else 1
    if name in interpreter.kinds["hasjabs"]:
        return instruction.operand * unit
    if name not in interpreter.kinds["hasjrel"] or name == "END_ASYNC_FOR":
        return None
    way = -instruction.operand if "BACKWARD" in name else instruction.operand
    return instruction.end + way * unit


def _check_modern(code: Code, found: list[Instruction], starts: set[int]) -> None:
    first = found[: BEFORE_RESUME + len(code.cellvars)]
    if not any(instruction.name == "RESUME" for instruction in first):
        raise MisfitError("no RESUME where it begins")
    covered = sum((byte & 7) + 1 for byte in code.lines if byte & 0x80)
    if covered * 2 != len(code.code):
        raise MisfitError("the table of lines does not cover it")
    for start, length, target, _ in exception_table(code.exceptions or b""):
        if {start, target} - starts or start + length > len(code.code):
            raise MisfitError("the table of exceptions names no instruction")


def exception_table(table: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Iterate over start, length, target (bytes) and depth, as `Objects/exception_handling_notes.txt` writes them.

    Raises:
        MisfitError: an entry is cut off, or absurdly long.
    """
    numbers: list[int] = []
    number = 0
    for byte in table:
        if byte & 0x80 and (number or len(numbers) % 4):
            raise MisfitError("the table of exceptions is cut off")
        number = number << 6 | byte & 0x3F
        if number.bit_length() > 6 * LONGEST_ENTRY:
            raise MisfitError("the table of exceptions is too long")
        if not byte & 0x40:
            numbers.append(number)
            number = 0
    if number or len(numbers) % 4:
        raise MisfitError("the table of exceptions is cut off")
    for start, length, target, depth in zip(*[iter(numbers)] * 4, strict=True):
        yield start * 2, length * 2, target * 2, depth


def _check_lines(code: Code, interpreter: Interpreter) -> None:
    """3.10 covers the code exactly; older tables end before its last line does."""
    covered = sum(code.lines[::2])
    if len(code.lines) % 2:
        raise MisfitError("half an entry in the table of lines")
    if interpreter.version >= (3, 10):
        if covered != len(code.code):
            raise MisfitError("the table of lines does not cover it")
    elif covered >= len(code.code):
        raise MisfitError("the table of lines covers more than it")
