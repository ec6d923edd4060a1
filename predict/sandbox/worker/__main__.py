"""Start keeper and worker by path, under a name of its own: `sys.path` stays as the model expects it."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    folder = Path(__file__).parents[2]
    for name, path in (("_predict", folder), ("_predict.sandbox", folder / "sandbox")):  # bare: their own import more
        package = ModuleType(name)
        package.__path__ = [str(path)]
        sys.modules[name] = package
    importlib.import_module("_predict.sandbox.worker.keeper").main()
