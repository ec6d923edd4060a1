"""Build what a pickle describes out of stand-ins that can do nothing.

CPython's own unpickler does the work, at its own speed: a pickle can reach anything at all only by `find_class` and
`persistent_load`, and here both answer with stand-ins. What would have been called, with which arguments, and what was
put into which object is then there to be looked at.
"""

from __future__ import annotations

import _compat_pickle
import pickle
from contextlib import closing
from typing import IO, Any, ClassVar

from .arrays import is_aligned, size_of
from .calls import only_makes
from .code import Code, from_arguments
from .shortened import Shortened
from .wrappers import GaveUpError, UnreadableError, Unwrapped, bounded, clause, described, unwrap

PYTHON_3 = 3  # the first protocol that spells names as Python 3 does
CLASS_MAKERS = {
    *("_make_skeleton_class", "_make_skeleton_enum", "_make_skel_class", "_make_skel_enum"),  # cloudpickle's
    *("_create_type", "_create_namedtuple"),  # dill's
}
DEEPEST = 100  # how deep a constant may be nested: each level takes a call
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
    result_called: ClassVar[bool] = False
    """Whether what a call of this name returned was called in turn."""
    function: Any = None
    """What was called, where that was no name but the result of another call."""

    def __new__(cls, /, *args: Any, **keywords: Any) -> Any:
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
        type(self).result_called = True
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
        if self.items is None:
            self.items = []
        self.items += items

    add = append

    def __setitem__(self, key: Any, value: Any) -> None:
        """Keep what SETITEMS brings."""
        self.append((key, value))


class Noticed(Stand):
    """Stands for what may do more than make an object: that it was called is kept, whatever becomes of the result."""

    called: ClassVar[bool] = False

    def __new__(cls, *args: Any, **keywords: Any) -> Any:
        """Keep it."""
        cls.called = True
        return super().__new__(cls, *args, **keywords)


class StateSetter(Stand):
    """Stands for a function that fills another one, or a class: their pickler drops what it returns."""

    def __new__(cls, *args: Any, **keywords: Any) -> Any:
        """Put what the pickler hands over where it belongs."""
        if len(args) > 1 and isinstance(args[0], StandForClass):
            args[0].filled = args[1]
        elif len(args) > 1 and isinstance(args[0], Stand):
            args[0].state = args[1]
        return args[0] if args else super().__new__(cls, *args, **keywords)


class ArrayWrapper(Stand):
    """Stands for joblib's object that tells of an array, which follows in the file."""

    built: ClassVar[list[ArrayWrapper]]
    """Those whose array has not been met yet."""

    def __setstate__(self, state: Any) -> None:
        """Keep what BUILD brings: the array comes next."""
        super().__setstate__(state)
        self.built.append(self)


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

    def __init__(self, file: IO[bytes] | Shortened, protocol: int) -> None:
        self._file = file if isinstance(file, Shortened) else Shortened(file, built=self._read_array)
        super().__init__(self._file, encoding="latin1")  # what Python 2 wrote as text may be bytes
        self.protocol = protocol
        self.names: dict[tuple[str, str], type[Stand]] = {}
        self.persistent: list[Any] = []
        self.large = self._file.large
        self._built: list[ArrayWrapper] = []

    def close(self) -> None:
        """Let go of the file, which would keep this and all that was read alive."""
        del self._file

    def find_class(self, module: str, name: str) -> type[Stand]:
        """Answer a name with a stand-in."""
        if self.protocol < PYTHON_3:
            module, name = _as_in_python_3(module, name)
        found = self.names.get((module, name))
        if found is None:
            found = type("Stand", (_kind(module, name),), {"module": module, "name": name, "built": self._built})
            self.names[module, name] = found
        return found

    def persistent_load(self, identity: Any) -> Stand:
        """Answer a reference to something outside with a stand-in."""
        self.persistent.append(identity)
        return Stand(identity)

    def _read_array(self) -> None:
        """Of an array that joblib wrote here, its beginning becomes the argument of what tells of it."""
        if not self._built:
            return
        wrapper = self._built.pop()
        size = size_of(wrapper.state)
        if size is None:
            wrapper.args = (self._nested(),)
            return
        if is_aligned(wrapper.state):
            self._file.take(self._file.take(1)[0])
        wrapper.args = (self._file.array(size),)

    def _nested(self) -> Any:
        """An array of Python objects is a pickle of its own."""
        inner = Inert(self._file, pickle.HIGHEST_PROTOCOL)
        inner.names, inner.persistent = self.names, self.persistent
        return inner.load()


def _kind(module: str, name: str) -> type[Stand]:
    if name == "NumpyArrayWrapper" and module.endswith("joblib.numpy_pickle"):
        return ArrayWrapper
    if name in CLASS_MAKERS:
        return ClassMaker
    if name in STATE_SETTERS:
        return StateSetter
    return Stand if only_makes(f"{module}.{name}") else Noticed


def _as_in_python_3(module: str, name: str) -> tuple[str, str]:
    new = _compat_pickle.NAME_MAPPING.get((module, name))
    return new or (_compat_pickle.IMPORT_MAPPING.get(module, module), name)


def code_of(stand: Stand, deepest: int = DEEPEST) -> Code | None:
    """The code object that a call would have made, however cloudpickle or dill wrote it; None if it is another call."""
    name, args = full_name(stand), stand.args
    by_type = isinstance(stand.function, Stand) and stand.function.args[:1] == ("CodeType",)
    if name == "dill._dill._create_code" and args and isinstance(args[0], bytes):
        args = args[1:]  # it tells the lines a second time, as older Pythons do
    elif not by_type and name not in ("types.CodeType", "builtins.code", "dill._dill._create_code"):
        return None
    return from_arguments(tuple(plain(each, deepest) for each in args))


def plain(thing: Any, deepest: int = DEEPEST) -> Any:
    """A value itself, where an old protocol wrote it as a call; code objects as `Code`.

    Raises:
        UnreadableError: it is nested too deeply.
    """
    if deepest < 0:
        raise GaveUpError("it is nested too deeply")
    if isinstance(thing, tuple):
        return tuple(plain(each, deepest - 1) for each in thing)
    if not isinstance(thing, Stand):
        return thing
    match full_name(thing), thing.args:
        case "_codecs.encode", (str() as text, *_):
            return text.encode("latin1", "replace")
        case (("builtins.bytes" | "builtins.bytearray"), ()):
            return b""
        case (("builtins.bytes" | "builtins.bytearray"), (first, *_)):
            return plain(first, deepest - 1)
    return code_of(thing, deepest - 1) or thing


def protocol_of(head: bytes) -> int:
    """The protocol that a pickle says it is of; 0 and 1 say nothing."""
    return head[1] if head[:1] == b"\x80" and len(head) > 1 else 0


def read(file: IO[bytes] | Unwrapped) -> tuple[Any, Inert]:
    """Read the first pickle in a file, of its large strings and arrays only the ends.

    Raises:
        UnreadableError: there is none, it is damaged, or it would do harm.
    """
    unwrapped = file if isinstance(file, Unwrapped) else unwrap(file)
    try:
        with bounded(), closing(Inert(unwrapped.stream, protocol_of(unwrapped.head))) as inert:
            return inert.load(), inert
    except UnreadableError:
        raise
    except Exception as error:  # noqa: BLE001  opcodes in disorder can make an unpickler raise anything
        raise UnreadableError(clause(unwrapped.layers, _instead(error, unwrapped.head))) from None


def _instead(error: Exception, head: bytes) -> str:
    """What there is instead of a pickle."""
    foreign, protocol = described(head), protocol_of(head)
    if foreign:
        return f"{foreign}, not a pickle"
    if isinstance(error, EOFError):
        return f"a pickle that is {error}"
    if protocol > pickle.HIGHEST_PROTOCOL:
        return f"a pickle of protocol {protocol}, which this Python does not know"
    return f"no sound pickle: {error}"
