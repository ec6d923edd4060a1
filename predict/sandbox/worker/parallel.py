"""Make an explicit `n_jobs` mean what `n_jobs=-1` means: as many as there are processors."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable
from typing import Any

from .imports import after_import

JOBLIB = "joblib.parallel"


def cap(cpus: int) -> None:
    """Let joblib, whenever it is imported, and `os.cpu_count` know no more than these processors."""
    os.cpu_count = lambda: cpus  # Pool(os.cpu_count()) is common, and that ignores affinity
    after_import(JOBLIB, functools.partial(cap_joblib, cpus=cpus))


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
