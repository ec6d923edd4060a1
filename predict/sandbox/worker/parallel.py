"""Make an explicit `n_jobs` mean what `n_jobs=-1` means: as many as there are processors."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

JOBLIB = "joblib.parallel"


def cap(cpus: int) -> None:
    """Let joblib, whenever it is imported, and `os.cpu_count` know no more than these processors."""
    os.cpu_count = lambda: cpus  # Pool(os.cpu_count()) is common, and that ignores affinity
    cap_joblib(sys.modules.get(JOBLIB), cpus)
    sys.meta_path.insert(0, AfterImport(cpus))


class AfterImport:
    """Import hook: joblib is imported by whoever wants it, and capped right after."""

    def __init__(self, cpus: int) -> None:
        self._cpus = cpus

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """Give joblib's own file another loader; leave every other name to the ordinary finders."""
        spec = PathFinder.find_spec(name, path) if name == JOBLIB else None
        if spec is None or type(spec.loader) is not SourceFileLoader:
            return None
        spec.loader = CappingLoader(spec.loader.name, spec.loader.path, self._cpus)
        return spec


class CappingLoader(SourceFileLoader):
    """Loads a source file as ever; what follows cannot break the import."""

    def __init__(self, name: str, path: str, cpus: int) -> None:
        super().__init__(name, path)
        self._cpus = cpus

    def exec_module(self, module: ModuleType) -> None:
        """Run the file, then cap what it defines."""
        super().exec_module(module)
        cap_joblib(module, self._cpus)


def cap_joblib(module: Any, cpus: int) -> None:
    """Cap the backends' classes in place: registered subclasses would not be the ones that nested calls get."""
    with contextlib.suppress(Exception):  # not imported yet, or of a version that is made otherwise
        for backend in module.BACKENDS.values():
            backend.effective_n_jobs = capped(backend.effective_n_jobs, cpus)


def capped(effective_n_jobs: Callable[[Any, int | None], int], cpus: int) -> Callable[[Any, int | None], int]:
    """Wrap the method by which a backend tells how many workers it will use."""

    @functools.wraps(effective_n_jobs)
    def effective(backend: Any, n_jobs: int | None) -> int:
        return min(effective_n_jobs(backend, n_jobs), cpus)

    return effective
