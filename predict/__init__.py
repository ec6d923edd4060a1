"""The runner for uploaded machine-learning models: predictions, or a true verdict."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from predict.notebook import check as check

__version__ = "0.1.0"
__all__ = ["__version__", "check"]


def __getattr__(name: str) -> Any:
    """Import `check` only for whoever asks: the command line has no need of it."""
    if name == "check":
        return importlib.import_module("predict.notebook").check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
