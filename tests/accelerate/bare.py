"""Lets `predict.sandbox.worker.accelerate` be imported where nothing else of the runner can: it needs no library.

So it is in the worker, and in an environment with an old LightGBM (`make across`). Only for a process of its own: the
rest of the runner cannot be imported afterwards.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

for name in ("predict", "predict.sandbox", "predict.sandbox.worker"):
    module = ModuleType(name)
    module.__path__ = [str(Path(__file__).parents[2].joinpath(*name.split(".")))]
    sys.modules[name] = module
