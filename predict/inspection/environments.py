"""Where a model may run: an image, by its description, or this Python itself."""

from __future__ import annotations

import contextlib
import importlib.machinery
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import msgspec

from .moved import successor


class Environment(Protocol):
    """What one place has. None where it is not known."""

    @property
    def name(self) -> str:
        """How people call it."""

    @property
    def python(self) -> str:
        """Such as "3.12"."""

    @property
    def libraries(self) -> Mapping[str, str]:
        """Versions of the installed distributions, by name in lower case."""

    def has(self, module: str) -> bool:
        """Whether a module is there, under this name or its newer one; its parents count too."""

    def offers(self, module: str, name: str) -> bool | None:
        """Whether there is such a module, and it has a name; without one, whether there is such a module."""

    def distribution(self, module: str) -> str:
        """Which library a module is of; nothing if of none."""


@dataclass(frozen=True)
class Image:
    """An image, or whatever else was described by `contents.py`."""

    python: str
    libraries: dict[str, str]
    modules: dict[str, frozenset[str]] = field(repr=False)
    """Names by module, of the standard library and of those libraries that are described."""
    top: dict[str, str] = field(repr=False)
    """Every library's modules of the first level, and whose they are."""
    dynamic: frozenset[str] = field(repr=False)
    """Modules that find further names by themselves."""
    moved: frozenset[str] = field(repr=False)
    set: str = ""

    @property
    def name(self) -> str:
        """How people call it."""
        return f"py{self.python}-{self.set}" if self.set else f"py{self.python}"

    def has(self, module: str) -> bool:
        """Whether a module is there."""
        parent, _, last = module.rpartition(".")
        top = module.partition(".")[0]
        if module in self.modules or successor(module) in self.modules or top in self._shims():
            return True
        if top in self.modules:  # described, and not there, unless it is no file of its own, such as os.path
            return last in self.modules.get(parent, ())
        return top in self.top

    def _shims(self) -> tuple[str, ...]:
        """Setuptools brings back what Python 3.12 dropped."""
        return ("distutils",) if "setuptools" in self.libraries else ()

    def offers(self, module: str, name: str) -> bool | None:
        """Whether there is such a module, and it has a name."""
        first = name.partition(".")[0]
        names = self.modules.get(module, self.modules.get(successor(module) or ""))
        if f"{module}.{name}" in self.moved or f"{module}.{first}" in self.modules:
            return True
        if not name or names is None:
            return True if self.has(module) and not name else None if self.has(module) else False
        ordinary = first.startswith("__") and first.endswith("__")  # every module has some of these
        unsure = ordinary or ("." in module and module in self.dynamic)  # a library's own lists what it finds lazily
        return None if unsure and first not in names else first in names

    def distribution(self, module: str) -> str:
        """Which library a module is of."""
        return self.top.get(module.partition(".")[0], "")


class Here:
    """This Python, asked without importing anything.

    `path` is where the model's process looks for modules: less than ours, which may have its author's files.
    """

    name = "here"
    python = ".".join(map(str, sys.version_info[:2]))

    def __init__(self, libraries: Mapping[str, str], path: Sequence[str]) -> None:
        self.libraries = libraries
        self._path = path

    def has(self, module: str) -> bool:
        """Whether a finder knows it; of a module below another one, whether its file is there.

        Compiled modules of libraries call themselves what they like, such as `_loss` of scikit-learn.
        """
        if module.partition(".")[0] == __name__.partition(".")[0]:  # what a model calls so is its author's own
            return False
        names = filter(None, (module, successor(module)))
        return module.startswith("_") or any(_findable(name, self._path) for name in names)

    def offers(self, _module: str, _name: str) -> bool | None:
        """Only an import could tell: libraries make modules and names as they are imported."""
        return None

    def distribution(self, module: str) -> str:
        """Which library a module is of."""
        return _distributions().get(module.partition(".")[0], "")


def _findable(module: str, path: Sequence[str]) -> bool:
    """Whether a finder knows it. `sys.modules` is not asked: this process may have barred libraries for itself."""
    parts = module.split(".")
    for number, _ in enumerate(parts, 1):
        spec = _spec(".".join(parts[:number]), path, first=number == 1)
        if spec is None:
            return False
        if spec.submodule_search_locations is None:
            return number == len(parts) or spec.origin in ("built-in", "frozen")  # such as os.path
        path = spec.submodule_search_locations
    return True


def _spec(name: str, path: Sequence[str], *, first: bool) -> importlib.machinery.ModuleSpec | None:
    """Ask all finders as an import does; at the first level only Python's own asks for a path."""
    for finder in sys.meta_path:
        whole = first and finder is not importlib.machinery.PathFinder
        with contextlib.suppress(ImportError, ValueError, AttributeError):  # a finder of whoever runs us
            if spec := finder.find_spec(name, None if whole else path):
                return spec
    return None


@lru_cache(maxsize=1)
def _distributions() -> dict[str, str]:
    from .contents import top

    return top()


FOLDER = Path(__file__).parents[1] / "images"


@lru_cache(maxsize=1)
def images() -> tuple[Image, ...]:
    """Every image that is described, oldest Python first, core before full."""
    found = map(_image, FOLDER.glob("*.json"))
    return tuple(sorted(found, key=lambda image: (tuple(map(int, image.python.split("."))), image.set)))


def _image(path: Path) -> Image:
    """Its versions are in one file, for people to compare; what its modules offer in another."""
    import lzma

    told = json.loads(path.read_bytes())
    return msgspec.convert(told | json.loads(lzma.decompress(path.with_suffix(".contents.xz").read_bytes())), Image)


def here(libraries: Mapping[str, str], path: Sequence[str]) -> Environment:
    """This Python; by the description of the image, if it is one: then names are known too."""
    plain = Here(libraries, path)
    same = (
        image for image in images() if image.python == plain.python and libraries.items() <= image.libraries.items()
    )
    return next(same, plain) if "PREDICT_IMAGE" in os.environ else plain


def describe(text: bytes) -> Image:
    """What `contents.py` printed."""
    return msgspec.json.decode(text, type=Image)
