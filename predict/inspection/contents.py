"""Print which modules a Python has and what they offer: `python -I contents.py > contents.json`, in an image.

Every module of the standard library and of the libraries named on the command line is imported, so this is for the
one who makes an image, never for one who inspects a pickle.
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


def main(*libraries: str) -> None:
    """Print one JSON object."""
    warnings.simplefilter("ignore")
    top = sorted({name for name in importlib.metadata.packages_distributions() if name.isidentifier()})
    modules = dict(_modules([*sorted(sys.stdlib_module_names), *libraries]))
    told = {
        "top": top,
        "modules": {name: sorted(map(str, dir(module))) for name, module in modules.items()},
        "dynamic": sorted(name for name, module in modules.items() if hasattr(module, "__getattr__")),
        "callable": sorted(_callable(modules)),
    }
    json.dump(told, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # what was imported may have threads that do not end


def _modules(names: Iterable[str]) -> Iterator[tuple[str, ModuleType]]:
    for name in names:
        module = _imported(name)
        if module is None:
            continue
        yield name, module
        for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
            yield from _modules([found.name])


def _imported(name: str) -> ModuleType | None:
    if SKIPPED.search(name):
        return None
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            return importlib.import_module(name)
        except BaseException:  # noqa: BLE001  it needs what is not installed, or is a program
            return None


def _callable(modules: dict[str, ModuleType]) -> Iterator[str]:
    """Classes whose instances can be called: as models they are functions."""
    for name, module in modules.items():
        for attribute in dir(module):
            thing: Any = getattr(module, attribute, None)
            if isinstance(thing, type) and thing.__module__ == name and "__call__" in dir(thing):
                yield f"{name}.{attribute}"


if __name__ == "__main__":
    main(*sys.argv[1:])
