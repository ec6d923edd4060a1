"""Import hooks: what a module's name means to a model."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Mapping
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from ...inspection.moved import MOVED, successor


def install() -> None:
    """Hide what is ours, first of all; find again what has moved, only where nothing else finds it."""
    sys.meta_path.insert(0, HiddenRunner)
    sys.meta_path.append(MovedModules(MOVED))


class HiddenRunner:
    """A model that names a module `predict` means its author's own file, never our package."""

    package = Path(__file__).parents[2]

    @classmethod
    def find_spec(cls, name: str, path: object = None, _target: object = None) -> ModuleSpec | None:
        """Refuse our own package; leave every other name to the ordinary finders."""
        if name != cls.package.name or path is not None:
            return None
        spec = PathFinder.find_spec(name)
        if spec is not None and spec.origin == str(cls.package / "__init__.py"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return spec


class MovedModules:
    """Modules under the names that they have where the library is older or newer."""

    def __init__(self, moved: Mapping[str, str]) -> None:
        self._moved = moved

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Know a name that another one stands for here."""
        other = self._successor(name)
        known = find_spec(other) if other else None
        if known is None:
            return None
        package = known.submodule_search_locations is not None
        return spec_from_loader(name, self, is_package=package)  # type: ignore[arg-type]  # it is a loader

    def create_module(self, _spec: ModuleSpec) -> None:
        """Leave it to Python: the module keeps a spec of its own under its new name."""

    def exec_module(self, module: ModuleType) -> None:
        """Fill it with what its successor has."""
        successor = self._successor(module.__name__)
        assert successor is not None  # noqa: S101  find_spec knew it
        found = vars(importlib.import_module(successor))
        vars(module).update({name: value for name, value in found.items() if not name.startswith("__")})

    def _successor(self, name: str) -> str | None:
        other = successor(name, self._moved)
        with contextlib.suppress(ImportError):  # its parent is not here either
            return other if other and find_spec(other) else None
        return None
