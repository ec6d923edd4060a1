"""Libraries that pyarrow would import if it could, for nobody: a tenth of a short run's time."""

from __future__ import annotations

import sys
from importlib.metadata import version

ARROW_WITHOUT_NUMPY = 18


def spare() -> None:
    """Let them not be found."""
    spared = ["cloudpickle"]
    if int(version("pyarrow").partition(".")[0]) >= ARROW_WITHOUT_NUMPY:
        spared.append("numpy")
    for name in spared:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # "not to be found", says the language


def restore() -> None:
    """Let them be found again: somebody needs them."""
    for name in ("cloudpickle", "numpy"):
        if sys.modules.get(name, sys) is None:
            del sys.modules[name]
