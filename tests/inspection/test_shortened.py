"""A pickle without the middle of its large strings reads like the whole one."""

from __future__ import annotations

import io
import pickle
from typing import Any

import pytest

from inspection.conftest import Row
from predict.inspection.shortened import CHUNK, KEPT, Large, Shortened
from predict.inspection.unpickler import read as read_thing

LARGE = 5 * KEPT
SHARED = ["held", "twice"]
TEXT = "tree\nversion=v4\n" + "é" * LARGE + "\npandas_categorical:null\n"
THINGS: dict[str, Any] = {
    "small": [1, 2.5, "text", b"bytes", None, True, {"a": (1, [2])}, {3}, 10**30, -(10**400), bytearray(b"x")],
    "many": [[number, str(number), {"n": number}] for number in range(20_000)],
    "long enough for its own piece": ["x" * 70_000, b"y" * 70_000, bytearray(70_000)],
    "shared": [SHARED, SHARED, {"again": SHARED}],
}


def read(data: bytes) -> tuple[Any, Shortened]:
    file = Shortened(io.BytesIO(data))
    return pickle.Unpickler(file).load(), file  # noqa: S301  our own


@pytest.mark.parametrize("protocol", [4, 5])
@pytest.mark.parametrize("name", THINGS)
def test_what_has_no_large_string_is_read_as_it_is(name: str, protocol: int) -> None:
    found, file = read(pickle.dumps(THINGS[name], protocol))
    assert repr(found) == repr(THINGS[name])
    assert file.large == []


@pytest.mark.parametrize("large", [b"a" * LARGE + b"z", bytearray(b"a" * LARGE + b"z"), "a" * LARGE + "z"])
@pytest.mark.parametrize("protocol", [4, 5])
def test_of_a_large_string_both_ends_are_read(large: Any, protocol: int) -> None:
    if protocol == 4 and isinstance(large, bytearray):  # written as a call with a string of bytes
        pytest.skip("that protocol has no bytearray")
    (before, found, after), file = read(pickle.dumps([1, large, {"k": 2}], protocol))
    assert (before, after, type(found)) == (1, {"k": 2}, type(large))
    assert (found[:KEPT], found[KEPT:]) == (large[:KEPT], large[-KEPT:])
    assert [each.size for each in file.large] == [LARGE + 1]


def test_no_character_is_cut() -> None:
    found, _ = read(pickle.dumps(TEXT))
    assert found.startswith("tree\nversion=v4\né")
    assert found.endswith("é\npandas_categorical:null\n")
    assert len(found) < 2 * KEPT


def test_a_file_that_is_cut_off_is_not_readable() -> None:
    data = pickle.dumps([b"a" * LARGE, "end"])
    for length in [*range(0, len(data), len(data) // 200), len(data) - 1]:
        with pytest.raises(EOFError, match=f"cut off after {length:,} bytes"):
            read(data[:length])


@pytest.mark.parametrize("protocol", range(6))
def test_opcodes_that_cross_a_buffer_are_read_whole(protocol: int) -> None:
    thing = [("x" * (number % 400), number, 10 ** (number % 90), number / 7) for number in range(CHUNK // 100)]
    data = pickle.dumps(thing, protocol)
    assert len(data) > 2 * CHUNK
    found, _ = read(data)
    assert found == thing


def test_a_line_may_be_longer_than_a_buffer() -> None:
    thing = ["é" * 2 * CHUNK, 1]
    assert read(pickle.dumps(thing, 0))[0] == thing


class Filled:
    """Takes a state."""

    def __setstate__(self, state: Any) -> None:
        self.state = state


def test_what_follows_a_state_may_be_taken_from_between_the_opcodes() -> None:
    def take() -> None:
        taken.append((file.take(1), file.array(LARGE), file.position))

    taken: list[Any] = []
    one = pickle.dumps(Filled(), 2)[:-1] + b"K\x01b"
    data = one + b"-" + b"a" * LARGE + b"0N" + b"."
    file = Shortened(io.BytesIO(data), built=take)
    assert pickle.Unpickler(file).load() is None  # noqa: S301  our own
    assert taken == [(b"-", b"a" * 64, len(data) - 3)]
    assert file.large == [Large(len(one) + 1, LARGE, b"a" * 64)]


@pytest.mark.parametrize(
    ("harmful", "why"),
    [
        (pickle.LONG_BINPUT + b"\xff\xff\xff\x7f", "numbers its parts"),
        (pickle.PUT + b"99999999999\n", "numbers its parts"),
        (pickle.EXT1 + b"\x01", "extension codes"),
        (pickle.EXT2 + b"\x01\x01", "extension codes"),
        (pickle.EXT4 + b"\x01\x01\x01\x01", "extension codes"),
        (b"\x00", "byte 3 is 0x00"),
    ],
)
def test_what_does_harm_is_refused(harmful: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(b"\x80\x04N" + harmful + b".")


@pytest.mark.parametrize("opcode", [pickle.BINBYTES8, pickle.BINUNICODE8, pickle.BYTEARRAY8])
@pytest.mark.parametrize("size", [2**40, 2**62, 2**64 - 1])
def test_a_length_beyond_the_file_takes_no_memory(opcode: bytes, size: int) -> None:
    with pytest.raises(EOFError):
        read(b"\x80\x05" + opcode + size.to_bytes(8, "little") + b"x" * 3 * KEPT)


def test_every_framed_pickle_of_the_corpus_reads_the_same(corpus: list[Row]) -> None:
    class Names(pickle.Unpickler):
        found: list[tuple[str, str]]

        def find_class(self, module: str, name: str) -> Any:
            self.found.append((module, name))
            return type(name, (dict,), {"__init__": lambda *_, **__: None, "__setstate__": lambda *_: None})

    def names(file: Any) -> list[tuple[str, str]] | str:
        unpickler = Names(file)
        unpickler.found = []
        try:
            unpickler.load()
        except Exception:  # noqa: BLE001  whatever it is: behind what joblib put between opcodes, each stumbles elsewhere
            return "unreadable"
        return unpickler.found

    framed = [row.data for row in corpus if row.data[:3] in (b"\x80\x04\x95", b"\x80\x05\x95")]
    assert len(framed) > 1_000
    for data in framed:
        assert names(Shortened(io.BytesIO(data))) == names(io.BytesIO(data))


@pytest.mark.parametrize("protocol", range(1, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("count", [10, 127, 1_000, 1_001, 70_001])
def test_of_many_numbers_some_are_kept_and_nothing_else_is_lost(protocol: int, count: int) -> None:
    numbers = [number / 7 for number in range(count)]
    mixed = {number: float(number) for number in range(count)}
    flags = (None, True, False, *range(count))
    thing = {"before": "x", "numbers": numbers, "mixed": mixed, "flags": flags, "after": "y"}
    found, _ = read_thing(io.BytesIO(pickle.dumps(thing, protocol)))
    assert (found["before"], found["after"], [*found]) == ("x", "y", [*thing])
    assert found["numbers"][:64] == numbers[:64]
    assert {*found["numbers"]} <= {*numbers}
    assert found["mixed"].items() <= mixed.items()
    assert found["flags"] == flags, "of a tuple every part may count: it may be a function's constants"
    if count == 10:
        assert found == thing
    if count > 1_000:
        assert len(found["numbers"]) < count / 4
