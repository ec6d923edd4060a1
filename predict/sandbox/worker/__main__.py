"""Start the worker by path, under a name of its own: `sys.path` stays as the model expects it."""

import importlib.util
import os
import sys

if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        "_predict_worker", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None  # noqa: S101  the file is there: it is this one's neighbour
    sys.modules["_predict_worker"] = importlib.util.module_from_spec(spec)
    importlib.import_module("_predict_worker.main").main()
