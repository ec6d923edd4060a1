"""Whatever a file holds, reading it ends in facts or in one clause; nothing that it names is imported or called."""

from __future__ import annotations

import io
import pickle
import pickletools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspection.conftest import Row
from predict.inspection.gather import gather
from predict.sandbox.messages import Inspected, Reader
from predict.sandbox.worker.reading import told_by

EXAMPLES = settings(max_examples=500, suppress_health_check=list(HealthCheck))
CANARY = "canary_of_the_reader"
NAMES = [
    *((CANARY, "sing"), (CANARY, "__getattr__"), ("os", "system"), ("posix", "system"), ("builtins", "exec")),
    *(("builtins", "eval"), ("builtins", "__import__"), ("builtins", "getattr"), ("builtins", "bytes")),
    *(("importlib", "import_module"), ("operator", "methodcaller"), ("functools", "partial"), ("types", "CodeType")),
    *(("joblib.numpy_pickle", "NumpyArrayWrapper"), ("numpy", "dtype"), ("copyreg", "_reconstructor")),
    *(("cloudpickle.cloudpickle", "_make_function"), ("cloudpickle.cloudpickle", "_make_skeleton_class")),
    *(("cloudpickle.cloudpickle", "_class_setstate"), ("cloudpickle.cloudpickle", "_function_setstate")),
]
CODES = [f"import {CANARY}", f"__import__({CANARY!r})", CANARY, "system"]


def fuzz(data: bytes) -> bool:
    """Read a file as the inspection does, and tell whether that was possible: what a fuzzer may call."""
    facts = gather(io.BytesIO(data))
    ((message, _),) = Reader(0).feed(b'{"type": "inspected", "path": [], "facts": ' + told_by(facts) + b"}\n")
    assert isinstance(message, Inspected)
    assert not facts.unreadable or facts.unreadable.startswith("it ")
    return not facts.unreadable


@pytest.fixture(scope="module")
def sung(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], bool]]:
    """A module that the pickles name, and whether anything imported it since."""
    folder = tmp_path_factory.mktemp("canary")
    (folder / f"{CANARY}.py").write_text("def sing(*_, **__):\n    return sing\n")
    sys.path.insert(0, str(folder))
    yield lambda: sys.modules.pop(CANARY, None) is not None
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def seeds(corpus: list[Row], tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Pickles of every kind, the small ones first."""
    dump: Path = tmp_path_factory.mktemp("dumps") / "dump"
    joblib.dump([np.arange(3.0), np.array(["x", print], object), np.zeros(2, [("a", "i4")])], dump)
    old = [pickle.dumps({"a": [1, 2.5, "é", b"x", print, 10**20]}, protocol) for protocol in range(6)]
    return [*old, dump.read_bytes(), *sorted((row.data for row in corpus), key=len)[::5]]


class Edit(NamedTuple):
    """One change of a file."""

    place: int
    removed: int
    added: bytes

    def of(self, data: bytes) -> bytes:
        """Do it."""
        place = self.place % (len(data) + 1)
        return data[:place] + self.added + data[place + self.removed :]


def _counted(width: int) -> st.SearchStrategy[bytes]:
    sane = st.sampled_from(CODES).map(lambda text: len(text).to_bytes(width, "little") + text.encode())
    return sane | sane | sane | st.binary(min_size=width, max_size=width + 8)


def _argument(opcode: pickletools.OpcodeInfo) -> st.SearchStrategy[bytes]:
    """What follows an opcode, mostly as it should be."""
    size = opcode.arg.n if opcode.arg else 0
    if opcode.name in ("GLOBAL", "INST"):
        return st.sampled_from(NAMES).map(lambda name: _named(name)[1:])
    if opcode.name in ("GET", "PUT", "INT", "LONG", "FLOAT"):
        return st.integers(0, 5).map(lambda number: f"{number}\n".encode())
    if size == pickletools.UP_TO_NEWLINE:
        return st.sampled_from(CODES).map(lambda text: f"{text!r}\n".encode())
    if size < 0:
        return _counted({-2: 1, -3: 4, -4: 4, -5: 8}[size])
    few = st.integers(0, 5 if size else 0).map(lambda number: number.to_bytes(size, "little"))
    return few | few | few | st.binary(min_size=size, max_size=size)


def _named(name: tuple[str, str]) -> bytes:
    return "c{}\n{}\n".format(*name).encode()


def _opcode(opcode: pickletools.OpcodeInfo) -> st.SearchStrategy[bytes]:
    return _argument(opcode).map(lambda argument: opcode.code.encode("latin1") + argument)


PLACES = st.integers(0, 10**6)
EDITS = st.lists(st.builds(Edit, PLACES, st.integers(0, 9), st.binary(max_size=9)), min_size=1, max_size=9)
OPCODES = st.sampled_from([*pickletools.opcodes]).flatmap(_opcode)
ATOMS = OPCODES | st.sampled_from([b"N", b")", b"]", b"}", b"\x8f", b"K\x01", b"h\x00", b"C\x01x", *map(_named, NAMES)])
TEMPLATES = [  # of what takes the things below it on the stack
    *(b"%b\x85", b"%b%b\x86", b"(%b%b%bt", b"](%b%be", b"]%ba", b"}(%b%bu", b"}%b%bs", b"\x8f(%b%b\x90", b"(%b\x91"),
    *(b"%b\x85Q", b"%bq\x00", b"%b0%b", b"%b%bb", b"%b%ba", b"%b(%b%be", b"%b(%b%bu", b"%b(%b%b\x90", b"(%b%bo"),
    *(b"%b%bR", b"%b%b\x85R", b"%b%b\x81", b"%b%b\x85}\x92", b"%b)\x81%bb", b"%b%b%b\x87R", b"%bV%b\n\x93"),
]
THINGS = st.recursive(
    ATOMS,
    lambda inner: st.tuples(st.sampled_from(TEMPLATES), *[inner] * 3).map(
        lambda found: found[0] % found[1 : 1 + found[0].count(b"%b")]
    ),
    max_leaves=20,
)
HEADS = st.sampled_from([b"", b"\x80\x02", b"\x80\x04", b"\x80\x05", b"\x80\x04\x95\xff\0\0\0\0\0\0\0"])


@EXAMPLES
@given(number=PLACES, edits=EDITS)
def test_a_changed_pickle_is_read_or_refused(
    number: int, edits: list[Edit], seeds: list[bytes], sung: Callable[[], bool]
) -> None:
    data = seeds[number % len(seeds)]
    for edit in edits:
        data = edit.of(data)
    fuzz(data)
    assert not sung()


@EXAMPLES
@given(first=PLACES, second=PLACES, places=st.tuples(*[PLACES] * 2))
def test_two_halves_of_pickles_are_read_or_refused(
    first: int, second: int, places: tuple[int, int], seeds: list[bytes], sung: Callable[[], bool]
) -> None:
    start, end = seeds[first % len(seeds)], seeds[second % len(seeds)]
    fuzz(start[: places[0] % len(start)] + end[places[1] % len(end) :])
    assert not sung()


@EXAMPLES
@given(head=HEADS, opcodes=st.lists(OPCODES, max_size=30), rest=st.just(b".") | st.binary(max_size=9))
def test_opcodes_in_disorder_are_read_or_refused(
    head: bytes, opcodes: list[bytes], rest: bytes, sung: Callable[[], bool]
) -> None:
    fuzz(head + b"".join(opcodes) + rest)
    assert not sung()


def test_opcodes_in_order_are_read_or_refused(sung: Callable[[], bool]) -> None:
    @EXAMPLES
    @given(head=HEADS, thing=THINGS)
    def check(head: bytes, thing: bytes) -> None:
        ended[fuzz(head + thing + b".")] += 1
        assert not sung()

    ended = {True: 0, False: 0}
    check()
    assert min(ended.values()) > sum(ended.values()) / 10, "it is not tried what should be"


@pytest.mark.parametrize(
    "call",
    [
        f"c{CANARY}\nsing\n(tR.",
        f"c__builtin__\nexec\n(Vimport {CANARY}\ntR.",
        f"cbuiltins\neval\n(V__import__({CANARY!r})\ntR.",
        f"cimportlib\nimport_module\n(V{CANARY}\ntR.",
        f"(i{CANARY}\nsing\n.",
        f"(cimportlib\nimport_module\nV{CANARY}\no.",
        f"\x80\x04\x8c{chr(len(CANARY))}{CANARY}\x8c\x04sing\x93)R.",
        f"cfunctools\npartial\n(cbuiltins\nexec\nVimport {CANARY}\ntR(tR.",
    ],
)
def test_what_loading_would_call_is_not_called(call: str, sung: Callable[[], bool]) -> None:
    data = call.encode("latin1")
    assert fuzz(data)
    assert not sung()
    pickle.loads(data)  # noqa: S301  our own: it is here that the canary must sing
    assert sung()
