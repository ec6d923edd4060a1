"""What a function takes from modules, told from its bytecode: pickled here and now, and in 14 frozen environments."""

from __future__ import annotations

import io
import sys
from typing import Any

import cloudpickle
import pytest

from inspection.conftest import Row
from predict.inspection import unpickler
from predict.inspection.bytecode import Interpreter, interpreters, versions
from predict.inspection.facts import Use
from predict.inspection.functions import Function, functions
from predict.inspection.graph import walk
from predict.inspection.uses import uses
from predict.inspection.wrappers import UnreadableError

DECORATED = """
import functools, json
def twice(f):
    @functools.wraps(f)
    def g(x):
        return f(f(x))
    return g
@twice
def predict(x):
    return json.loads(x)
"""
HERE = next(each for each in interpreters() if each.version == sys.version_info[:2])
# source of a notebook whose `predict` is pickled, and what must be told of modules, as kind:module.name
CASES: dict[str, tuple[str, set[str]]] = {
    "global module": (
        "import numpy as np\ndef predict(x):\n    return np.linalg.norm(x)",
        {"attribute:numpy.linalg", "attribute:numpy.linalg.norm"},
    ),
    "global function": (
        "from json import dumps\ndef predict(x):\n    return dumps.cache",
        {"attribute:json.dumps.cache"},
    ),
    "import inside": (
        "def predict(x):\n    import numpy\n    return numpy.array(x)",
        {"import:numpy", "attribute:numpy.array"},
    ),
    "submodule": (
        "def predict(x):\n    import os.path\n    return os.path.join(x)",
        {"import:os.path", "attribute:os.path", "attribute:os.path.join"},
    ),
    "submodule by another name": (
        "def predict(x):\n    import os.path as p\n    return p.join(x)",
        {"import:os.path", "attribute:os.path", "attribute:os.path.join"},
    ),
    "names of a module": (
        "def predict(x):\n    from json import dumps, loads as read\n    return read.a(dumps.b)",
        {
            "import:json",
            "attribute:json.dumps",
            "attribute:json.loads",
            "attribute:json.loads.a",
            "attribute:json.dumps.b",
        },
    ),
    "variable of the same name": ("import json\ndef predict(x):\n    json = x\n    return json.dumps", set()),
    "lambda sees the module": (
        "def predict(x):\n    import json\n    return (lambda y: json.dumps(y))(x)",
        {"import:json", "attribute:json.dumps"},
    ),
    "closure": (
        "def make():\n    import json\n    return lambda x: json.dumps(x)\npredict = make()",
        {"attribute:json.dumps"},
    ),
    "method of a class by value": (
        "import json\nclass Model:\n    def predict(self, x):\n        return json.dumps(x)\npredict = Model()",
        {"attribute:json.dumps"},
    ),
    "decorated": (
        DECORATED,
        {"attribute:json.loads"},
    ),
}
GUARDED = {
    "try:\n        import cudf\n    except ImportError:\n        cudf = None": True,
    "try:\n        import cudf\n    except Exception:\n        cudf = None": True,
    "try:\n        import cudf\n    except:\n        cudf = None": True,
    "try:\n        import cudf\n    except (KeyError, ImportError):\n        cudf = None": True,
    "try:\n        import cudf\n    except KeyError:\n        cudf = None": False,
    "with open(x) as f:\n        import cudf": False,
    "import cudf": False,
}


def pickled(source: str) -> Any:
    """What the pickle of a notebook's `predict` is read as."""
    module: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    exec(compile(source, "<cell 1>", "exec"), module)  # noqa: S102  our own
    root, _ = unpickler.read(io.BytesIO(cloudpickle.dumps(module["predict"])))
    return root


def told(root: Any) -> list[Use]:
    return [use for function in functions(walk(root)) for use in uses(function, HERE)]


@pytest.mark.parametrize("name", CASES)
def test_what_a_function_takes_from_modules(name: str) -> None:
    source, expected = CASES[name]
    found = {
        f"{use.kind}:{use.module}{'.' if use.name else ''}{use.name}" for use in told(pickled(source)) if use.module
    }
    assert {each for each in found if "functools" not in each} == expected


@pytest.mark.parametrize("block", GUARDED)
def test_what_the_author_is_ready_to_miss(block: str) -> None:
    (use,) = (use for use in told(pickled(f"def predict(x):\n    {block}\n    return x")) if use.kind == "import")
    assert (use.module, use.guarded) == ("cudf", GUARDED[block])


def test_a_use_tells_its_place() -> None:
    root = pickled("import json\n\n\ndef predict(x):\n    y = x\n    return json.dumps(y)")
    (use,) = (use for use in told(root) if use.module)
    assert (use.function, use.line) == ("predict", 6)


def test_every_function_of_the_corpus_can_be_read(corpus: list[Row]) -> None:
    """By each Python that may have written it; and what is told does not depend on which of them."""
    for row in corpus:
        try:
            root, _ = unpickler.read(io.BytesIO(row.data))
        except UnreadableError:
            continue
        for function in functions(walk(root)):
            readings = [
                _without_lines(function, each) for each in interpreters() if each.version in versions(function.code)
            ]
            assert all(reading == readings[0] for reading in readings)


def _without_lines(function: Function, interpreter: Interpreter) -> list[Use]:
    return [use._replace(line=None) for use in uses(function, interpreter)]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("f(x, copy=False)", {"copy", "copy=False"}),
        ("x.f(1, axis='columns', copy=True)", {"axis", "copy", "copy=True"}),
        ("f(x, key=x)", {"key"}),
        ("pd.concat(x, 1)", {"axis by position"}),
        ("x.drop('era', 1)", {"axis by position"}),
        ("x.drop('era', 2)", set()),
        ("x.f('era', True)", set()),
        ("x.drop('era', axis=1)", {"axis"}),
    ],
)
def test_how_a_function_is_called(call: str, expected: set[str]) -> None:
    found = told(pickled(f"def predict(x):\n    return {call}"))
    assert {use.name for use in found if use.kind == "keyword"} == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("x.values[0] = 1", True),
        ("x.values[0, 1] = x", True),
        ("y = x.values; y[:5] = 1", True),
        ("y = x.values\n    y[x] = 1", True),
        ("y = x.values\n    y = y * 2\n    y[0] = 1", False),
        ("x.loc[0] = x.values", False),
        ("x[0] = 1", False),
    ],
)
def test_what_is_written_into_values(statement: str, expected: bool) -> None:
    found = told(pickled(f"def predict(x):\n    {statement}\n    return x"))
    assert any(use.name == "values[...] =" for use in found) == expected


@pytest.mark.parametrize(
    ("statement", "kept"),
    [("x.append(1)", False), ("x = x.append(1)", True), ("return x.append(1)", True), ("x.append(1).sort()", False)],
)
def test_whether_something_is_done_with_what_a_method_returns(statement: str, kept: bool) -> None:
    found = told(pickled(f"def predict(x):\n    {statement}\n    return x"))
    assert [use.kept for use in found if use.name == "append"] == [kept]
