"""Build what a pickle describes out of stand-ins that can do nothing.

CPython's own unpickler does the work, at its own speed: a pickle can reach anything at all only by `find_class` and
`persistent_load`, and here both answer with stand-ins. What would have been called, with which arguments, and what was
put into which object is then there to be looked at.
"""

from __future__ import annotations

import _compat_pickle
import pickle
from typing import Any, BinaryIO, ClassVar

from .code import Code, from_arguments
from .shortened import Shortened

FRAMES = 4  # the first protocol that has them
PYTHON_3 = 3  # the first protocol that spells names as Python 3 does
CLASS_MAKERS = {
    *("_make_skeleton_class", "_make_skeleton_enum", "_make_skel_class", "_make_skel_enum"),  # cloudpickle's
    *("_create_type", "_create_namedtuple"),  # dill's
}
STATE_SETTERS = {"_function_setstate", "_class_setstate", "_fill_function", "_rehydrate_skeleton_class"}


class Stand:
    """Stands for an instance of what the pickle names, or for what a call of it returns.

    Its class stands for the name: there is one subclass for each.
    """

    module: ClassVar[str] = ""
    name: ClassVar[str] = ""
    args: tuple[Any, ...] = ()
    keywords: ClassVar[dict[str, Any]] = {}
    state: Any = None
    items: list[Any] | None = None
    """What was appended, added or (as pairs) set."""
    function: Any = None
    """What was called, where that was no name but the result of another call."""

    def __new__(cls, *args: Any, **keywords: Any) -> Any:
        """Take the place of the call."""
        made = object.__new__(cls)
        made.args = args
        if keywords:
            made.keywords = keywords  # type: ignore[misc]  # seldom there: not worth a slot for each
        return made

    def __init__(self, *_: Any, **__: Any) -> None:
        """Take what __new__ has taken already."""

    def __call__(self, *args: Any, **keywords: Any) -> Stand:
        """Take the place of a call of what a call returned."""
        made: Stand = Stand(*args, **keywords)
        made.function = self
        return made

    def __setstate__(self, state: Any) -> None:
        """Keep what BUILD brings."""
        self.state = state

    def append(self, item: Any) -> None:
        """Keep what APPEND brings."""
        self.extend([item])

    def extend(self, items: list[Any]) -> None:
        """Keep what APPENDS brings."""
        self.items = [*(self.items or ()), *items]

    add = append

    def __setitem__(self, key: Any, value: Any) -> None:
        """Keep what SETITEMS brings."""
        self.append((key, value))


class StateSetter(Stand):
    """Stands for a function that fills another one, or a class: their pickler drops what it returns."""

    def __new__(cls, *args: Any, **keywords: Any) -> Any:
        """Put what the pickler hands over where it belongs."""
        if len(args) > 1 and isinstance(args[0], StandForClass):
            args[0].filled = args[1]
        elif len(args) > 1 and isinstance(args[0], Stand):
            args[0].state = args[1]
        return args[0] if args else super().__new__(cls, *args, **keywords)


class StandForClass(type):
    """Stands for a class that travels in the pickle; its instances are stands too."""

    made_of: tuple[Any, ...] = ()
    """Arguments of what made it: name, bases."""
    filled: Any = None
    """Its attributes, as its pickler hands them over."""


class ClassMaker(Stand):
    """Stands for a function that makes a class."""

    def __new__(cls, *args: Any, **_: Any) -> Any:
        """Make a class that can do nothing: only of a real one does a pickle make instances."""
        name = next((each for each in args if isinstance(each, str)), "")
        made = StandForClass("Stand", (Stand,), {"name": name})
        made.made_of = args
        return made


def full_name(thing: Any) -> str:
    """The name that a stand-in, or its class, stands for; nothing for what a call of a call returned."""
    kind = thing if isinstance(thing, type) else type(thing)
    return f"{kind.module}.{kind.name}" if issubclass(kind, Stand) and kind.module else ""


class Inert(pickle.Unpickler):
    """Reads one pickle; `names` has what it names, in order."""

    def __init__(self, file: BinaryIO | Shortened, protocol: int) -> None:
        super().__init__(file, encoding="latin1")  # what Python 2 wrote as text may be bytes
        self._protocol = protocol
        self.names: dict[tuple[str, str], type[Stand]] = {}
        self.persistent: list[Any] = []

    def find_class(self, module: str, name: str) -> type[Stand]:
        """Answer a name with a stand-in."""
        if self._protocol < PYTHON_3:
            module, name = _as_in_python_3(module, name)
        found = self.names.get((module, name))
        if found is None:
            found = type("Stand", (_kind(name),), {"module": module, "name": name})
            self.names[module, name] = found
        return found

    def persistent_load(self, identity: Any) -> Stand:
        """Answer a reference to something outside with a stand-in."""
        self.persistent.append(identity)
        return Stand(identity)


def _kind(name: str) -> type[Stand]:
    return ClassMaker if name in CLASS_MAKERS else StateSetter if name in STATE_SETTERS else Stand


def _as_in_python_3(module: str, name: str) -> tuple[str, str]:
    new = _compat_pickle.NAME_MAPPING.get((module, name))
    return new or (_compat_pickle.IMPORT_MAPPING.get(module, module), name)


def code_of(stand: Stand) -> Code | None:
    """The code object that a call would have made, however cloudpickle or dill wrote it; None if it is another call."""
    name, args = full_name(stand), stand.args
    by_type = isinstance(stand.function, Stand) and stand.function.args[:1] == ("CodeType",)
    if name == "dill._dill._create_code" and args and isinstance(args[0], bytes):
        args = args[1:]  # it tells the lines a second time, as older Pythons do
    elif not by_type and name not in ("types.CodeType", "builtins.code", "dill._dill._create_code"):
        return None
    return from_arguments(tuple(map(plain, args)))


def plain(thing: Any) -> Any:
    """A value itself, where an old protocol wrote it as a call; code objects as `Code`."""
    if isinstance(thing, tuple):
        return tuple(map(plain, thing))
    if not isinstance(thing, Stand):
        return thing
    match full_name(thing), thing.args:
        case "_codecs.encode", (str() as text, *_):
            return text.encode("latin1", "replace")
        case (("builtins.bytes" | "builtins.bytearray"), ()):
            return b""
        case (("builtins.bytes" | "builtins.bytearray"), (first, *_)):
            return plain(first)
    return code_of(thing) or thing


def protocol_of(head: bytes) -> int:
    """The protocol that a pickle says it is of; 0 and 1 say nothing."""
    return head[1] if head[:1] == b"\x80" and len(head) > 1 else 0


def read(file: BinaryIO) -> tuple[Any, Inert]:
    """Read one pickle; of large strings only the ends, where its protocol lets us.

    Raises:
        Exception: whatever an unpickler raises that cannot go on.
    """
    protocol = protocol_of(file.read(2))
    file.seek(0)
    inert = Inert(Shortened(file) if protocol >= FRAMES else file, protocol)  # piece by piece is slow without frames
    return inert.load(), inert
