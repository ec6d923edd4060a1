"""Lets `predict.sandbox.worker.accelerate` be imported where nothing else of the runner can: it needs no library.

So it is in the worker, and in an environment with an old LightGBM: `python -m pytest -p accelerate.bare ...`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]

for name in ("predict", "predict.sandbox", "predict.sandbox.worker"):
    module = ModuleType(name)
    module.__path__ = [str(ROOT.joinpath(*name.split(".")))]
    sys.modules[name] = module
