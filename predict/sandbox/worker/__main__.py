"""Start the worker by path, under a name of its own: `sys.path` stays as the model expects it."""

import importlib.util
import sys
from pathlib import Path

if __name__ == "__main__":
    folder = Path(__file__).parent
    spec = importlib.util.spec_from_file_location(
        "_predict_worker", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None  # noqa: S101  the file is there: it is this one's neighbour
    sys.modules["_predict_worker"] = importlib.util.module_from_spec(spec)
    importlib.import_module("_predict_worker.main").main()
