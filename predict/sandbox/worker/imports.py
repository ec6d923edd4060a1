"""Do something right after a module is imported, whoever imports it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

Then = Callable[[Any], None]


def after_import(name: str, then: Then) -> None:
    """Call `then` with the module, now or when it is imported; it must not raise."""
    if name in sys.modules:
        then(sys.modules[name])
    else:
        sys.meta_path.insert(0, AfterImport(name, then))


class AfterImport:
    """Import hook for one module."""

    def __init__(self, name: str, then: Then) -> None:
        self._name = name
        self._then = then

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """Give the module's own file another loader; leave every other name to the ordinary finders."""
        spec = PathFinder.find_spec(name, path) if name == self._name else None
        if spec is None or type(spec.loader) is not SourceFileLoader:
            return None
        spec.loader = LoaderAndMore(spec.loader.name, spec.loader.path, self._then)
        return spec


class LoaderAndMore(SourceFileLoader):
    """Loads a source file as ever."""

    def __init__(self, name: str, path: str, then: Then) -> None:
        super().__init__(name, path)
        self._then = then

    def exec_module(self, module: ModuleType) -> None:
        """Run the file, then do what is to be done with what it defines."""
        super().exec_module(module)
        self._then(module)
