"""What is gathered of one file: what it wants, what makes it large, which columns it names, what it calls."""

from __future__ import annotations

import io
import os
import types
from typing import Any

import cloudpickle
import numpy as np
import pytest

from predict.inspection.facts import Facts
from predict.inspection.gather import gather
from predict.sandbox.worker.reading import told_by


def facts(thing: Any) -> Facts:
    return gather(io.BytesIO(cloudpickle.dumps(thing)))


def test_the_parts_that_make_it_large_are_named_largest_first() -> None:
    text, arrays = "x" * 300_000, [np.zeros(100_000), np.zeros(50_000)]
    found = facts(lambda frame: (text, arrays, frame))
    assert [(part.owner, part.number) for part in found.parts] == [("numpy.ndarray", 2), ("captured variables", 1)]
    assert found.parts[0].size == 8 * 150_000
    assert found.parts[1].size == 300_000


def test_feature_columns_are_those_that_constants_and_lists_name() -> None:
    chosen = ["feature_one", "feature_two"]

    def predict(live_features: Any) -> Any:
        feature_of_mine = live_features["feature_three"]
        return live_features[chosen], feature_of_mine, live_features[["feature_four", "feature_one"]]

    assert {*facts(predict).columns} == {"feature_one", "feature_two", "feature_three", "feature_four"}


def test_what_a_model_imports_at_once_is_told_apart_from_what_it_may_import() -> None:
    def predict(live_features: Any) -> Any:
        import json

        if len(live_features):
            import csv  # noqa: F401  that it is only perhaps imported is the point
        return json, live_features

    always = {use.module: use.always for use in facts(predict).uses if use.kind == "import"}
    assert always == {"json": True, "csv": False}


def test_of_a_helper_nobody_knows_whether_it_is_called() -> None:
    def helper() -> Any:
        import csv

        return csv

    def predict(live_features: Any) -> Any:
        return helper if live_features is None else live_features

    assert [use.always for use in facts(predict).uses if use.module == "csv"] == [False]


@pytest.mark.parametrize(
    ("reduced", "called"),
    [
        ((os.getcwd, ()), ("posix.getcwd",)),
        ((exec, ("pass",)), ("builtins.exec",)),
        ((dict, ()), ()),
        ((np.load, ("no.npy",)), ("numpy.load",)),
    ],
    ids=["os", "exec", "dict", "numpy"],
)
def test_calls_beyond_making_objects_are_told(reduced: tuple[Any, ...], called: tuple[str, ...]) -> None:
    class Thing:
        def __reduce__(self) -> tuple[Any, ...]:
            return reduced

    assert facts([Thing()]).calls == called


def test_an_ordinary_model_calls_nothing_unusual(corpus: list[Any]) -> None:
    calls = {row.known["kind"]: gather(io.BytesIO(row.data)).calls for row in corpus if "kind" in row.known}
    unusual = {kind: called for kind, called in calls.items() if called}
    assert unusual.keys() <= {"f_localclass", "h_union_ann", "h_zoneinfo", "l_reduce_system", "g_torch"}
    assert unusual["l_reduce_system"] == ("posix.system",)


def test_code_of_a_class_counts_as_code_of_the_file() -> None:
    class Model:
        def __call__(self, live_features: Any) -> Any:
            return [row for row in live_features if row]

    found = facts(Model())
    assert found.codes >= 1
    assert found.pythons is not None
    assert found.model.needs == ("live_features",)


def test_data_alone_is_of_any_python() -> None:
    assert facts({"a": [1, 2]}).pythons is None


def test_names_that_are_no_text_and_lines_that_are_no_numbers_can_be_told() -> None:
    found = gather(io.BytesIO(b"\x80\x04\x8c\x03\xed\xa0\x80\x8c\x01x\x93."))
    assert found.names == (("\ud800", "x"),)
    assert b"?" in told_by(found)


def test_a_module_that_travels_is_none_that_is_needed() -> None:
    helpers = types.ModuleType("helpers_of_mine")
    helpers.__dict__["factor"] = 2
    assert "helpers_of_mine" not in facts(lambda frame: frame * helpers.factor).modules
