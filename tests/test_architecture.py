"""Rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import json
import re
import subprocess  # noqa: TID251  a test starts a fresh interpreter
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import predict
from predict.errors import HINTS, ModelReason, PlatformReason
from predict.report import schema

PACKAGE = Path(predict.__file__).parent
HEAVY = {"cloudpickle", "joblib", "lightgbm", "numpy", "pandas", "pyarrow", "requests", "sklearn"}


def test_the_supervisor_starts_without_any_heavy_library() -> None:
    code = "import sys, predict.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


def _imports(file: Path) -> Iterator[tuple[int, str]]:
    """How many folders up, and which module."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from ((0, name.name) for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


def test_the_worker_imports_nothing_of_ours_but_the_limits_and_what_reads_pickles() -> None:
    for file in (PACKAGE / "sandbox" / "worker").glob("*.py"):
        for level, module in _imports(file):
            first = module.partition(".")[0]
            assert level or first != "predict", file
            assert level < 2 or (level, first) in {(2, "limits"), (3, "inspection")}, file


def test_what_accelerates_knows_nothing_but_how_to_wait_for_an_import() -> None:
    for file in (PACKAGE / "sandbox" / "worker" / "accelerate").glob("*.py"):
        foreign = {module.partition(".")[0] for level, module in _imports(file) if not level} - sys.stdlib_module_names
        assert foreign <= {"numpy"}, file  # LightGBM has it
        assert all(level < 2 or (level, module) == (2, "imports") for level, module in _imports(file)), file


def test_what_reads_pickles_needs_the_standard_library_alone() -> None:
    code = "import sys, predict.inspection.gather; print(*{name.partition('.')[0] for name in sys.modules})"
    plain = "import sys, predict; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded, without = (
        subprocess.run([sys.executable, "-c", each], capture_output=True, text=True, check=True).stdout.split()
        for each in (code, plain)
    )
    assert {*loaded} - {*without} - sys.stdlib_module_names == set()


def test_the_limits_need_the_standard_library_alone() -> None:
    for file in (PACKAGE / "sandbox" / "limits").glob("*.py"):
        foreign = {module.partition(".")[0] for level, module in _imports(file) if not level} - sys.stdlib_module_names
        assert foreign <= ({"psutil"} if file.name in ("memory.py", "tree.py") else set()), file
        assert all(level < 2 for level, _ in _imports(file)), file


def test_only_one_file_unpickles_and_one_reads_without_making_anything() -> None:
    loaders = re.compile(r"pickle\.loads?\(|class \w+\(pickle\._?Unpickler|\.read_pickle\(|joblib\.load\(")
    found = {file.name for file in PACKAGE.rglob("*.py") if loaders.search(file.read_text())}
    assert found == {"pickles.py", "unpickler.py"}


def test_every_reason_has_a_hint() -> None:
    assert set(HINTS) == {*get_args(ModelReason), *get_args(PlatformReason)}


def test_the_published_schema_is_current() -> None:
    published = json.loads((PACKAGE / "report.schema.json").read_text())
    assert _without_order(published) == _without_order(json.loads(schema()))


def _without_order(node: Any) -> Any:
    """Alternatives come in another order from each version of msgspec."""
    if isinstance(node, dict):
        return {key: _without_order(value) for key, value in node.items()}
    if isinstance(node, list):
        return sorted((_without_order(item) for item in node), key=repr)
    return node
