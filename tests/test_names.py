from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from predict.sandbox.worker import names


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, names.MovedModules({"json.old": "json.decoder"})])
    yield
    sys.modules.pop("json.old", None)


@pytest.mark.usefixtures("moved")
def test_a_moved_module_is_found_under_its_old_name() -> None:
    import json.decoder

    old = __import__("json.old", fromlist=["JSONDecoder"])
    assert old.JSONDecoder is json.decoder.JSONDecoder
    assert old.__name__ == "json.old"
    assert json.decoder.__spec__.name == "json.decoder"


@pytest.mark.usefixtures("moved")
def test_no_other_name_is_found() -> None:
    with pytest.raises(ModuleNotFoundError):
        __import__("json.older")


def test_what_numpy_moved_is_where_we_look_for_it() -> None:
    import numpy as np

    for name in names.MOVED.values() if np.__version__.startswith("2") else ():
        assert __import__(name, fromlist=["norm"]).norm is np.linalg.norm
