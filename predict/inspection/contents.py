"""Print which modules a Python has and what they offer: `python -I contents.py > contents.json`, in an image.

Every module of the standard library and of the libraries in `NAMED` is imported, so this is for the one who makes an
image, never for one who inspects a pickle. It imports nothing of ours.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import io
import json
import os
import pkgutil
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

SKIPPED = re.compile(
    r"(^|\.)(tests?|testing|conftest|_?idle(lib)?|lib2to3|ensurepip|turtledemo|__main__)(\.|$)|^(antigravity|this)$"
)


NAMED = (
    *("catboost", "cloudpickle", "joblib", "keras", "lightgbm", "numba", "numerai_tools", "numpy", "pandas", "polars"),
    *("pyarrow", "requests", "scipy", "sklearn", "statsmodels", "torch", "xgboost"),
)
"""Libraries whose modules and names are told; of the others only that they are there."""


ORDINARY = {*vars(ModuleType("")), "__builtins__", "__cached__", "__file__", "__path__"}
"""Names that every module has."""


def main() -> None:
    """Print one JSON object."""
    warnings.simplefilter("ignore")
    told: dict[str, Any] = {"python": ".".join(map(str, sys.version_info[:2]))}
    told |= {"libraries": _libraries(), "top": top()}  # before anything is imported that brings its own
    modules = dict(_modules([*sorted(sys.stdlib_module_names), *NAMED]))
    modules |= _misnamed(told["top"])
    told |= {
        "modules": {name: sorted({*map(str, dir(module))} - ORDINARY) for name, module in modules.items()},
        "dynamic": sorted(name for name, module in modules.items() if hasattr(module, "__getattr__")),
        "moved": sorted(_moved()),
    }
    json.dump(told, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # what was imported may have threads that do not end


def _libraries() -> dict[str, str]:
    found: dict[str, str] = {}
    for each in importlib.metadata.distributions():
        found.setdefault(_normal(each.name), each.version)
    return found


def top() -> dict[str, str]:
    """Modules of the first level, and whose they are: to 3.10, Python itself knows only those that are declared."""
    found: dict[str, str] = {}
    for each in importlib.metadata.distributions():
        declared = (each.read_text("top_level.txt") or "").split()
        files = {path.parts[0] for path in each.files or () if path.suffix in (".py", ".so")}
        for name in declared or {file.partition(".")[0] for file in files}:
            if name.isidentifier():
                found.setdefault(name, _normal(each.name))
    return dict(sorted(found.items()))


def _normal(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


def _modules(names: Iterable[str]) -> Iterator[tuple[str, ModuleType]]:
    for name in names:
        module = _imported(name)
        if module is None:
            continue
        yield name, module
        for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
            yield from _modules([found.name])


def _misnamed(top: dict[str, str]) -> dict[str, ModuleType]:
    """Compiled modules that call themselves otherwise than their file, such as `_loss` of scikit-learn."""
    known = {*top, *sys.stdlib_module_names, *sys.builtin_module_names, "__main__", "__mp_main__"}
    return {name: module for name, module in sys.modules.items() if "." not in name and name not in known}


def _imported(name: str) -> ModuleType | None:
    if SKIPPED.search(name):
        return None
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            return importlib.import_module(name)
        except BaseException:  # noqa: BLE001  it needs what is not installed, or is a program
            return None


def _moved() -> Iterator[str]:
    """Old names that pandas finds by itself when it reads a pickle."""
    with contextlib.suppress(ImportError, AttributeError):
        pickle_compat = importlib.import_module("pandas.compat.pickle_compat")

        yield from (".".join(name) for name in pickle_compat._class_locations_map)  # noqa: SLF001  they have no other


if __name__ == "__main__":
    main()
