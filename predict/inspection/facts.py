"""What a pickle tells without being loaded: what the process that reads it hands over. Types alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

ModelKind = Literal["function", "generator", "coroutine", "instance", "class", "reference", "data"]
UseKind = Literal["import", "attribute", "name", "method", "keyword"]
WantKind = Literal["network", "process", "file", "gpu"]


def _place(function: str, line: int | None, file: str) -> str:
    return f"{function}(){f', line {line}' if line else ''} of {file}"


@dataclass(frozen=True)
class Model:
    """What is called; None for what cannot be told without the library that it is from."""

    kind: ModelKind
    name: str
    needs: tuple[str, ...] | None = None
    """Positional arguments without a default."""
    takes_more: bool = False
    """Whether one more may be given: by a default, or `*args`."""
    keywords: tuple[str, ...] = ()
    """Keyword arguments that it cannot do without, and that nobody passes."""


class Use(NamedTuple):
    """One thing that a function takes from elsewhere."""

    kind: UseKind
    module: str
    """Full name of the module; nothing for a global variable, a keyword, or a method of who knows what."""
    name: str
    """What is taken from it, or given to a call; nothing for the module itself."""
    function: str
    file: str
    line: int | None
    guarded: bool
    """Whether the author was ready for it not to be there."""
    always: bool = False
    """Whether every call of the function comes to it: nothing branches before it."""
    kept: bool | None = None
    """Of a method: whether something is done with what it returns; None if that cannot be told."""

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return _place(self.function, self.line, self.file)


class Want(NamedTuple):
    """One place where a function asks for something."""

    kind: WantKind
    what: str
    function: str
    file: str
    line: int | None

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return _place(self.function, self.line, self.file)


EXPLICIT_SCORE = "base_score is 0.5"
OWN_CODE = "a function of its own"
BARE = "an array without attributes"
PASSTHROUGH = "the remainder passes through"


class Evidence(NamedTuple):
    """What one place in the pickle says of one library."""

    library: str
    specifier: str
    """Versions that it may have been, as pip spells them."""
    place: str
    """What betrays it."""
    note: str = ""
    """What else is known of it: one of the above."""


class Part(NamedTuple):
    """Everything large that belongs to one kind of object."""

    owner: str
    number: int
    """How many strings."""
    size: int
    """Bytes, together."""


@dataclass(frozen=True)
class Facts:
    """One file."""

    size: int
    """Bytes."""
    unreadable: str = ""
    """Why it could not be read; then nothing below is known but the wrappers."""
    gave_up: bool = False
    """Whether that says nothing about the file but that it takes much to read."""
    wrappers: tuple[str, ...] = ()
    """What is around the pickle, outermost first."""
    protocol: int = 0
    pythons: tuple[str, ...] | None = None
    """CPython versions, such as "3.12", whose rules all code in it keeps; None if there is no code."""
    alike: bool = True
    """Whether these versions read the code alike: then it runs on each of them."""
    codes: int = 0
    """How many code objects there are."""
    strange: tuple[str, ...] = ()
    """Functions whose code is of no known Python, or of another one than the others'."""
    model: Model = Model("data", "")
    names: tuple[tuple[str, str], ...] = ()
    """Modules and names that are looked up when it is loaded."""
    modules: tuple[str, ...] = ()
    """Modules that are imported when it is loaded."""
    uses: tuple[Use, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    columns: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    wants: tuple[Want, ...] = ()
    calls: tuple[str, ...] = ()
    """What is called when it is loaded and may do more than make objects."""
