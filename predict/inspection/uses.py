"""What a function does with modules: what it imports, and which names it takes from them.

A linear reading of its instructions, with one thing in mind: what the top of the stack stands for, if that is a module
or something found in one. That is what authors write (`np.linalg.norm`); nothing cleverer is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .bytecode import Instruction, Interpreter, check, exception_table, jump, why_not
from .code import LARGEST, Code
from .facts import Use, UseKind
from .functions import Function
from .lines import lines

STORES = {"STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF"}
TRANSPARENT = {"PUSH_NULL", "NOP", "PRECALL", "SWAP", "ROT_TWO", "POP_TOP", "CACHE"}
CATCHES = {"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException"}

SECOND = 2
BY_POSITION = "axis by position"
WRITTEN_INTO = "values[...] ="
LEAVES = ("RETURN_", "RAISE_", "RERAISE")


def uses(function: Function, interpreter: Interpreter) -> Iterator[Use]:
    """Iterate over what a function uses, and the functions within it."""
    yield from _Reading(function.code, interpreter, function.names).uses()


class _Reading:
    def __init__(self, code: Code, interpreter: Interpreter, known: Mapping[str, str]) -> None:
        self._code = code
        self._interpreter = interpreter
        self._known = dict(known)
        self._instructions = check(code, interpreter)
        self._lines = lines(code, interpreter.version)
        self._guarded = list(_guarded(code, self._instructions))
        self._constant: object = None
        """The last that was loaded."""
        self._imported = ""
        """The module of `from ... import`."""
        self._top = ""
        """What the top of the stack stands for."""
        self._following = 0
        self._straight = True
        """Whether nothing has branched yet."""
        self._views: set[str] = set()
        """Variables that are `values` of a frame."""

    def uses(self) -> Iterator[Use]:
        for number, instruction in enumerate(self._instructions):
            self._following = number + 1
            yield from self._step(instruction)
            if instruction.name.startswith(LEAVES) or jump(instruction, self._interpreter) is not None:
                self._straight = False
        for constant in self._code.consts:
            if isinstance(constant, Code) and why_not(constant, self._interpreter) is None:
                inner = _Reading(constant, self._interpreter, self._seen_by(constant))
                yield from (use._replace(always=False) for use in inner.uses())

    def _seen_by(self, inner: Code) -> Mapping[str, str]:
        """An inner function sees what is global, and of our own variables only those that it names as free."""
        own = {*self._code.varnames, *self._code.cellvars} - set(inner.freevars)
        return {name: stood for name, stood in self._known.items() if name not in own}

    def _step(self, instruction: Instruction) -> Iterator[Use]:
        kind = instruction.name
        if kind == "IMPORT_NAME":
            yield self._import(instruction)
        elif kind == "IMPORT_FROM":
            name, module = self._name(instruction), self._imported or self._top
            yield self._use(instruction, "attribute", module, name)
            self._top = f"{module}.{name}"
        elif kind in STORES:
            self._store(instruction)
        elif kind.startswith("LOAD_"):
            yield from self._load(instruction)
        else:
            yield from self._done_with(instruction)

    def _done_with(self, instruction: Instruction) -> Iterator[Use]:
        kind = instruction.name
        if kind in ("KW_NAMES", "CALL_FUNCTION_KW", "CALL_KW"):
            yield from self._keywords(instruction)
        elif kind in ("CALL", "CALL_FUNCTION", "CALL_METHOD"):
            yield from self._positions(instruction)
        elif kind in ("STORE_SUBSCR", "STORE_SLICE"):
            yield from self._written_into(instruction)
        if kind not in TRANSPARENT:
            self._top = ""

    def _load(self, instruction: Instruction) -> Iterator[Use]:
        kind, below, self._top = instruction.name, self._top, ""
        if kind == "LOAD_CONST":
            self._constant = self._code.consts[instruction.operand]
        elif kind in ("LOAD_GLOBAL", "LOAD_NAME"):
            name = self._name(instruction)
            self._top = self._known.get(name, "")
            yield self._use(instruction, "name", "", name)
        elif kind in ("LOAD_ATTR", "LOAD_METHOD"):
            name = self._name(instruction)
            use = self._use(instruction, "attribute" if below else "method", below, name)
            yield use if below else use._replace(kept=self._kept())
            self._top = below and f"{below}.{name}"
        elif kind.startswith(("LOAD_FAST", "LOAD_DEREF")):
            self._top = self._known.get(self._variable(instruction), "")

    def _import(self, instruction: Instruction) -> Use:
        """`import a.b` leaves a on the stack, `from a.b import c` leaves a.b; the constant before it is the list."""
        module = self._name(instruction)
        self._imported = module if self._constant else ""
        self._top = self._imported or module.partition(".")[0]
        return self._use(instruction, "import", module)

    def _keywords(self, instruction: Instruction) -> Iterator[Use]:
        """The names of a call's keyword arguments: of 3.11 and 3.12 before it, else the constant loaded last."""
        in_consts = instruction.name == "KW_NAMES" and instruction.operand < len(self._code.consts)
        names = self._code.consts[instruction.operand] if in_consts else self._constant
        for name in names if isinstance(names, tuple) else ():
            if isinstance(name, str):
                yield self._use(instruction, "keyword", "", name)
        value = self._constant_before(1 if instruction.name == "KW_NAMES" else 2)
        if isinstance(value, bool | str) and isinstance(names, tuple) and names:  # it is the last one's
            yield self._use(instruction, "keyword", "", f"{names[-1]}={value!r}")

    def _positions(self, instruction: Instruction) -> Iterator[Use]:
        """A second argument that is 0 or 1: an axis that libraries want by name now."""
        called = [each.name for each in self._instructions[max(0, self._following - 3) : self._following]]
        if instruction.operand == SECOND and "KW_NAMES" not in called:
            value = self._constant_before(2 if "PRECALL" in called else 1)
            if type(value) is int and value in (0, 1):
                yield self._use(instruction, "keyword", "", BY_POSITION)

    def _written_into(self, instruction: Instruction) -> Iterator[Use]:
        """`frame.values[...] = ...`, or into a variable that was made of it."""
        line = self._lines.get(instruction.offset)
        for before in reversed(self._instructions[: self._following - 1]):
            if self._lines.get(before.offset) != line:
                return
            values = before.name == "LOAD_ATTR" and self._name(before) == "values"
            if values or (before.name.startswith("LOAD_FAST") and self._variables(before) & self._views):
                yield self._use(instruction, "method", "", WRITTEN_INTO)
            if values or before.name == "LOAD_ATTR":
                return

    def _variables(self, instruction: Instruction) -> set[str]:
        """One, or the two that an instruction of 3.13 loads at once."""
        found = {self._variable(instruction)}
        if instruction.name.count("_FAST") > 1 and instruction.operand >> 4 < len(self._code.varnames):
            found.add(self._code.varnames[instruction.operand >> 4])
        return found

    def _constant_before(self, count: int) -> object:
        """The constant that so many instructions before this one was loaded; itself if it is none."""
        at = self._following - 1 - count
        before = self._instructions[at] if at >= 0 else None
        if before is not None and before.name == "LOAD_CONST":
            return self._code.consts[before.operand]
        return before.operand if before is not None and before.name == "LOAD_SMALL_INT" else self

    def _kept(self) -> bool | None:
        """Whether the statement that begins here stores or returns something: no statement drops what it stores."""
        for following in self._instructions[self._following :]:
            if following.name == "POP_TOP":
                return False
            if following.name == "FOR_ITER":  # of a comprehension, with stores of its own
                return None
            if following.name in STORES or following.name.startswith(LEAVES):
                return True
        return None

    def _store(self, instruction: Instruction) -> None:
        name = self._variable(instruction)
        if self._top:
            self._known[name] = self._top
        else:
            self._known.pop(name, None)
        self._top = ""
        before = self._instructions[self._following - 2] if self._following > 1 else None
        if before is not None and before.name == "LOAD_ATTR" and self._name(before) == "values":
            self._views.add(name)
        else:
            self._views.discard(name)

    def _name(self, instruction: Instruction) -> str:
        return self._code.names[instruction.operand >> self._interpreter.flag_bits(instruction.name)]

    def _variable(self, instruction: Instruction) -> str:
        if instruction.name in self._interpreter.kinds["hasname"]:
            return self._name(instruction)
        code, modern = self._code, self._interpreter.version >= (3, 11)
        cells = (*code.cellvars, *code.freevars)
        if instruction.name in self._interpreter.kinds["haslocal"] or modern:
            local = [*code.varnames, *(name for name in cells if name not in code.varnames)]
            index = instruction.operand & 15 if instruction.name.count("_FAST") > 1 else instruction.operand
            return local[index] if index < len(local) else ""
        return cells[instruction.operand]

    def _use(self, instruction: Instruction, kind: UseKind, module: str, name: str = "") -> Use:
        guarded = any(instruction.offset in span for span in self._guarded)
        line = self._lines.get(instruction.offset)
        line = line if line is not None and 0 < line <= LARGEST else None
        always = self._straight and not guarded
        return Use(kind, module, name, self._code.name, self._code.file, line, guarded, always)


def _guarded(code: Code, instructions: list[Instruction]) -> Iterator[range]:
    """The parts of a function whose ImportError (or AttributeError) it catches itself."""
    for start, length, target in _tries(code, instructions):
        handler = [each for each in instructions if each.offset >= target][:8]
        caught = {
            code.names[each.operand >> 1 if code.exceptions is not None else each.operand]
            for each in handler
            if each.name == "LOAD_GLOBAL"
        }
        if caught & CATCHES or [each.name for each in handler[:2]][-1:] == ["POP_TOP"]:
            yield range(start, start + length)


def _tries(code: Code, instructions: list[Instruction]) -> Iterator[tuple[int, int, int]]:
    if code.exceptions is not None:
        yield from ((start, length, target) for start, length, target, _ in exception_table(code.exceptions))
        return
    for each in instructions:  # to 3.10 the block ends where its handler begins, or before
        if each.name == "SETUP_FINALLY":
            target = each.end + each.operand * 2
            yield each.end, target - each.end, target
