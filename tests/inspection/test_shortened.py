"""A pickle without the middle of its large strings reads like the whole one."""

from __future__ import annotations

import io
import pickle
from typing import Any

import pytest

from inspection.conftest import Row
from predict.inspection.shortened import KEPT, Shortened

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


@pytest.mark.parametrize("seekable", [True, False])
def test_a_file_that_is_cut_off_is_not_readable(seekable: bool) -> None:
    data = pickle.dumps([b"a" * LARGE, "end"])
    for length in [*range(0, len(data), len(data) // 200), len(data) - 1]:
        file = io.BytesIO(data[:length])
        file.seekable = lambda: seekable  # type: ignore[method-assign]
        with pytest.raises((pickle.UnpicklingError, EOFError)):
            pickle.Unpickler(Shortened(file)).load()  # noqa: S301  our own


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
        except Exception as error:  # noqa: BLE001  whatever it is, both say so
            return type(error).__name__
        return unpickler.found

    framed = [row.data for row in corpus if row.data[:3] in (b"\x80\x04\x95", b"\x80\x05\x95")]
    assert len(framed) > 1_000
    for data in framed:
        assert names(Shortened(io.BytesIO(data))) == names(io.BytesIO(data))
