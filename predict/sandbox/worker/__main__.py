"""Start keeper and worker by path, under a name of its own: `sys.path` stays as the model expects it."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    package = ModuleType("_predict")
    package.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["_predict"] = package
    importlib.import_module("_predict.worker.keeper").main()
