from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from predict.inspection import moved as moved_modules
from predict.sandbox.worker import names


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    moved = names.MovedModules({"json.old": "json.decoder", "json": "xml"})
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, moved])
    yield
    for name in ("json.old", "json.sax"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("moved")
def test_a_moved_module_is_found_under_its_old_name() -> None:
    import json.decoder

    old = __import__("json.old", fromlist=["JSONDecoder"])
    assert old.JSONDecoder is json.decoder.JSONDecoder
    assert old.__name__ == "json.old"
    assert json.decoder.__spec__.name == "json.decoder"


@pytest.mark.usefixtures("moved")
def test_a_moved_package_is_a_package() -> None:
    found = names.MovedModules({"xmls": "xml"})
    spec = found.find_spec("xmls")
    assert spec is not None
    assert spec.submodule_search_locations == []


@pytest.mark.usefixtures("moved")
def test_what_is_below_a_moved_module_is_found_too() -> None:
    import xml.sax

    assert __import__("json.sax", fromlist=["SAXException"]).SAXException is xml.sax.SAXException


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize("name", ["json.older", "jsons", "json.missing"])
def test_no_other_name_is_found(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=f"'{name}'"):
        __import__(name)


@pytest.mark.filterwarnings("ignore:The numpy.linalg.linalg has been made private")
def test_what_numpy_moved_is_where_we_look_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, names.MovedModules(moved_modules.MOVED)])
    assert __import__("numpy.linalg.linalg", fromlist=["norm"]).norm is np.linalg.norm
    assert __import__("numpy._core.numeric", fromlist=["ones"]).ones is np.ones
