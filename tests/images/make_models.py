"""Pickle models by value, as a notebook would: `make_models.py FOLDER MODEL.py...`. Runs inside an image.

As tests/conftest.py does, without what only tests need.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import cloudpickle


def main(folder: Path, *sources: Path) -> None:
    """Write FOLDER/MODEL.pkl for each; a model that is a PICKLE already is taken as it is."""
    for source in sources:
        spec = importlib.util.spec_from_file_location(f"model_{source.stem}", source)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        data = module.PICKLE if hasattr(module, "PICKLE") else cloudpickle.dumps(module.model)
        (folder / f"{source.stem}.pkl").write_bytes(data)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
