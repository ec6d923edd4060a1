"""Take out of installed libraries what nothing can use: `slim.py SITE_PACKAGES`, in the build of an image.

That is CUDA's code (fatbin.py), and the libraries' own tests but for those that something else imports: NumPy's
`numpy.testing` takes a module out of NumPy's tests. Each library's RECORD is kept true.
"""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fatbin import cut

TESTS = "tests"
STRINGS = re.compile(rb"[\w.]{7,256}")  # as they lie in a binary; a longer run is no name


def tests_of(folder: Path) -> list[Path]:
    """Every Python file below a folder `tests`; what else such folders hold is theirs too."""
    return [path for path in folder.rglob("*.py") if TESTS in path.relative_to(folder).parts[:-1]]


def needed(folder: Path, tests: Iterable[Path]) -> set[Path]:
    """The tests that something outside of them imports, and what those import."""
    modules = {_module(folder, path): path for path in tests}
    outside = (path for path in folder.rglob("*.py") if TESTS not in path.parts and path.name != "conftest.py")
    found: set[str] = set()
    waiting = {name for path in outside for name in _imports(folder, path)} | set(_named_in_binaries(folder))
    while waiting:
        name = waiting.pop()
        if name in modules and name not in found:
            found.add(name)
            waiting |= set(_imports(folder, modules[name])) | {name.rpartition(".")[0]}
    return {modules[name] for name in found}


def _module(folder: Path, path: Path) -> str:
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(folder: Path, path: Path) -> Iterator[str]:
    """Dotted names that a file imports, or has as a string: some are imported by one."""
    source = path.read_bytes()
    if TESTS.encode() not in source and TESTS not in path.parts:
        return
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # of a newer Python, or a template: it runs nowhere here
        return
    package = _module(folder, path).split(".")[: None if path.name == "__init__.py" else -1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*start, *filter(None, [node.module])])
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _named_in_binaries(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.so"):
        if TESTS not in path.relative_to(folder).parts:
            data = path.read_bytes()
            strings = STRINGS.findall(data) if b".tests" in data else []
            yield from (string.decode() for string in strings if b".tests" in string)


def remove_tests(folder: Path) -> set[Path]:
    """Remove the tests but those that are needed, with the data beside them; return what is gone."""
    kept = needed(folder, tests_of(folder))
    spared = {path.parent for path in kept if path.name != "__init__.py"}
    gone = set()
    for path in [path for path in folder.rglob("*") if TESTS in path.relative_to(folder).parts[:-1]]:
        if path.is_file() and path not in kept and not (path.parent in spared and path.suffix != ".py"):
            path.unlink()
            gone.add(path)
    for path in sorted(folder.rglob(f"{TESTS}/**"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return gone


def correct_records(folder: Path, gone: set[Path], changed: set[Path]) -> None:
    """Let each library's RECORD tell what is there."""
    for record in folder.glob("*.dist-info/RECORD"):
        with record.open(newline="") as file:
            rows = [row for row in csv.reader(file) if folder / row[0] not in gone]
        for row in rows:
            if folder / row[0] in changed:
                row[1:] = _fingerprint(folder / row[0])
        with record.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def _fingerprint(path: Path) -> tuple[str, str]:
    data = path.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest}", str(len(data))


def main(folder: Path) -> int:
    """Slim it, and tell how much each step took away."""
    cuts = {path: saved for path in sorted(folder.rglob("*.so*")) if path.is_file() and (saved := cut(path))}
    for path, saved in cuts.items():
        print(f"{saved / 1e6:6.0f} MB of CUDA's code out of {path.relative_to(folder)}")
    before = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    gone = remove_tests(folder)
    after = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{(before - after) / 1e6:6.0f} MB of tests, {len(gone)} files; kept, since something imports them:")
    print(*(f"          {path.relative_to(folder)}" for path in sorted(tests_of(folder))), sep="\n")
    correct_records(folder, gone, set(cuts))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
