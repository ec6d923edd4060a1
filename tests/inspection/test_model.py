"""What a pickle holds is told as the interpreter itself would tell it, pickled here and now."""

from __future__ import annotations

import inspect
import io
import pickle
from typing import Any

import cloudpickle
import pytest

from predict.inspection import unpickler
from predict.inspection.facts import Model
from predict.inspection.model import model_of

CASES = {
    "one": "def predict(x): ...",
    "two": "def predict(x, y): ...",
    "default": "def predict(x, y=1): ...",
    "more": "def predict(*args, **kwargs): ...",
    "one and more": "def predict(x, *args): ...",
    "none": "def predict(): ...",
    "three": "def predict(x, y, z): ...",
    "keyword": "def predict(x, *, k): ...",
    "keyword with default": "def predict(x, *, k=1, j): ...",
    "positional": "def predict(x, y=2, /, z=3): ...",
    "lambda": "predict = lambda x, y=1: x",
    "closure": "def make():\n    k = 1\n    def predict(x, z=2): return k\n    return predict\npredict = make()",
    "partial": "import functools\ndef f(k, x): ...\npredict = functools.partial(f, 1)",
    "partial by name": "import functools\ndef f(x, k, j=1): ...\npredict = functools.partial(f, k=1)",
    "partial of all": "import functools\ndef f(x, y): ...\npredict = functools.partial(f, 1, 2)",
    "partial keyword": "import functools\ndef f(x, *, k, j): ...\npredict = functools.partial(f, k=2)",
    "object": "class C:\n    def __call__(self, x, y=1): ...\npredict = C()",
    "inherited": "class B:\n    def __call__(self, x, y): ...\nclass C(B): ...\npredict = C()",
    "method": "class C:\n    def go(self, x): ...\npredict = C().go",
}


def read(thing: Any) -> Model:
    root, _ = unpickler.read(io.BytesIO(thing))
    return model_of(root)


def defined(source: str) -> Any:
    module: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    exec(source, module)  # noqa: S102  our own
    return module["predict"]


@pytest.mark.parametrize("name", CASES)
def test_arguments_are_what_the_interpreter_tells(name: str) -> None:
    model = defined(CASES[name])
    told = read(cloudpickle.dumps(model))
    parameters = inspect.signature(model).parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    assert told.needs == tuple(p.name for p in positional if p.default is p.empty)
    assert told.keywords == tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty)
    assert told.kind == "function"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def predict(x):\n    yield x", "generator"),
        ("async def predict(x): ...", "coroutine"),
        ("async def predict(x):\n    yield x", "generator"),
        ("class predict: ...", "class"),
        ("predict = {'model': 1}", "data"),
        ("class C: ...\npredict = C()", "instance"),
        ("from json import dumps as predict", "reference"),
    ],
)
def test_what_is_no_function_is_told(source: str, kind: str) -> None:
    assert read(cloudpickle.dumps(defined(source))).kind == kind


def test_plain_pickle_names_what_it_means() -> None:
    assert read(pickle.dumps(inspect.signature)) == Model("reference", "inspect.signature")
