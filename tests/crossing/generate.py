"""Pickle every shape here: `python generate.py MODELS FOLDER`, by each environment's own Python.

MODELS is a folder of files of cells, as notebooks have them. Each runs in a namespace of its own, behind what its file
begins with. A cell defines `predict`, which cloudpickle saves; or `model`, which pickle saves; or `saved`, bytes.
A file `since_3_11.py` is for 3.11 and newer.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cloudpickle

CELL = re.compile(r"^# %% (\w+)\n", re.MULTILINE)
SINCE = re.compile(r"since_(\d+)_(\d+)")


def main(models: Path, folder: Path) -> None:
    """Write the pickles, and what could not be made to `failed.json`."""
    warnings.simplefilter("ignore")
    failed = {}
    for path in sorted(models.glob("*.py")):
        since = SINCE.match(path.stem)
        if since and (int(since[1]), int(since[2])) > sys.version_info:
            continue
        for name, source in cells(path):
            if error := saved(name, source, folder / f"{path.stem}.{name}"):
                failed[f"{path.stem}.{name}"] = error
    (folder / "failed.json").write_text(json.dumps(failed, indent=1))


def saved(name: str, source: str, path: Path) -> str:
    """Write what a cell defines; say why not if it cannot be: an older library may lack anything."""
    try:
        for kind, data in pickled(name, source):
            path.with_name(f"{path.name}.{kind}.pkl").write_bytes(data)
    except Exception as error:  # noqa: BLE001  whatever it is
        return f"{type(error).__name__}: {error}"
    return ""


def cells(path: Path) -> Iterator[tuple[str, str]]:
    """Each cell's name, and its source behind the common beginning."""
    common, *rest = CELL.split(path.read_text())
    for name, source in zip(rest[::2], rest[1::2]):  # noqa: B905  older Pythons run this too
        yield name, common + source


def pickled(name: str, source: str) -> Iterator[tuple[str, bytes]]:
    """Run a cell as a notebook does, and save what it defines."""
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, f"<cell {name}>", "exec"), space)  # noqa: S102  that is what a notebook does
    if "predict" in space:
        yield "function", cloudpickle.dumps(space["predict"])
    if "model" in space:
        yield "object", pickle.dumps(space["model"])
    if "saved" in space:
        yield "bytes", space["saved"]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
