"""Which Python a code object is of: exact or an honest tie, never wrong."""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess  # noqa: TID251  a test starts the script that makes the tables
import sys
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cloudpickle.cloudpickle import _code_reduce

from inspection.conftest import Row
from predict.inspection import bytecode, unpickler
from predict.inspection.bytecode import interpreters, versions
from predict.inspection.code import Code, from_arguments
from predict.inspection.graph import walk
from predict.inspection.wrappers import UnreadableError

TABLES = Path(bytecode.__file__).parent / "interpreters"
HERE = (sys.version_info.major, sys.version_info.minor)
TIES = {((3, 8), (3, 9)), ((3, 11), (3, 12))}
SOURCES = [
    "argparse",
    "asyncio.tasks",
    "ast",
    "dataclasses",
    "decimal",
    "enum",
    "inspect",
    "json.decoder",
    "pickle",
    "typing",
]


def codes_in(root: Any) -> Iterator[Code]:
    """Every code object that loading a pickle would make."""
    codes = (unpickler.code_of(thing) for thing in walk(root) if isinstance(thing, unpickler.Stand))
    return filter(None, codes)


def test_every_code_object_of_the_corpus(corpus: list[Row]) -> None:
    found: Counter[str] = Counter()
    for row in corpus:
        try:
            root, _ = unpickler.read(io.BytesIO(row.data))
        except UnreadableError:  # in a wrapper, cut off, or no pickle
            continue
        for code in codes_in(root):
            told = versions(code)
            assert row.python in told, f"{row.known['file']}: {code.name} of {row.python} taken for {told}"
            assert len(told) == 1 or told in TIES, told
            found["exact" if len(told) == 1 else "tie"] += 1
    assert found["exact"] > 1_300
    assert found["tie"] < found["exact"] / 8


def compiled(module: str) -> Iterator[Code]:
    """The code objects of a module, compiled here and now."""
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    waiting: list[Any] = [compile(Path(spec.origin).read_bytes(), spec.origin, "exec")]
    while waiting:
        code = waiting.pop()
        waiting += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
        found = from_arguments(_code_reduce(code)[1])
        assert found is not None
        yield found


@pytest.mark.parametrize("module", SOURCES)
def test_what_this_python_compiles_is_of_this_python(module: str) -> None:
    for code in compiled(module):
        told = versions(code)
        assert HERE in told, f"{code.name}: {told}"
        assert len(told) == 1 or told in TIES, f"{code.name}: {told}"


RETURNS = bytes([151, 0, 124, 0, 83, 0])  # RESUME, LOAD_FAST, RETURN_VALUE, by 3.11 and 3.12
AMBIGUOUS = bytes([151, 0, 124, 0, 173, 3, 83, 0])  # 173: CALL_INTRINSIC_1 by 3.12, a jump of three back by 3.11


@pytest.mark.parametrize(("data", "same"), [(RETURNS, True), (AMBIGUOUS, False)])
def test_a_tie_runs_on_both_only_if_both_read_the_same(data: bytes, same: bool) -> None:
    covering = bytes([0x80 | len(data) // 2 - 1, 0])
    code = from_arguments((1, 0, 0, 1, 1, 3, data, (), (), ("x",), "f", "f", "f", 1, covering, b"", (), ()))
    assert code is not None
    assert versions(code) == ((3, 11), (3, 12))
    assert bytecode.alike(code, versions(code)) == same


def test_the_table_of_this_python_is_what_it_says() -> None:
    told = json.loads(subprocess.check_output([sys.executable, TABLES / "dump.py"]))
    known = json.loads((TABLES / f"{told['version']}.json").read_text())
    assert {**told, "origin": ""} == {**known, "origin": ""}


def test_all_pythons_are_known() -> None:
    assert [each.version for each in interpreters()] == [(3, minor) for minor in range(8, 16)]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"code": b"\xff\xff"}, "no opcode"),
        ({"code": b"\x01"}, "half an instruction"),
        ({"code": b""}, "does not end"),
    ],
)
def test_what_no_python_writes_is_of_none(changes: dict[str, bytes], why: str) -> None:
    code = next(compiled("json.decoder"))
    odd = Code(**{**code.__dict__, **changes})
    assert versions(odd) == ()
    assert why in str(bytecode.why_not(odd, interpreters()[HERE[1] - 8]))


@pytest.mark.parametrize("number", [0, 5, 14, 17, 19])
def test_no_constructor_takes_so_many_arguments(number: int) -> None:
    assert from_arguments((0,) * number) is None
