"""Take out of installed libraries what nothing can use: `slim.py SITE_PACKAGES`, in the build of an image.

That is CUDA's code (fatbin.py), and the libraries' own tests but for those that something else imports: NumPy's
`numpy.testing` takes a module out of NumPy's tests. Each library's RECORD is kept true.
"""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fatbin import cut

TESTS = "tests"
DOTTED = re.compile(r"\.*\w+(\.\w+)*")
WORDS = re.compile(rb"[\w.]+")  # dotted names too, as they lie in a text or a binary


def tests_of(folder: Path) -> list[Path]:
    """Every Python file below a folder `tests`; what else such folders hold is theirs too."""
    return [path for path in folder.rglob("*.py") if _is_test(folder, path)]


def _is_test(folder: Path, path: Path) -> bool:
    return TESTS in path.relative_to(folder).parts[:-1]


def needed(folder: Path, tests: Iterable[Path]) -> set[Path]:
    """The tests that something outside of them imports or names, and what those import."""
    modules = {_module(folder, path): path for path in tests}
    outside = (path for path in folder.rglob("*.py") if not _is_test(folder, path) and path.name != "conftest.py")
    waiting = {name for path in outside for name in _imports(folder, path)} | set(_named_in_binaries(folder, modules))
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.add(name.rpartition(".")[0])  # a package is imported before its module, a module before its class
            waiting |= set(_imports(folder, modules[name])) if name in modules else set()
    return {modules[name] for name in seen & modules.keys()}


def _module(folder: Path, path: Path) -> str:
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(folder: Path, path: Path) -> Iterator[str]:
    """Dotted names that a file imports, or has as a string: some are imported by one."""
    source = path.read_bytes()
    if TESTS.encode() not in source and not _is_test(folder, path):
        return
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # of a newer Python, or a template: what it names is all that can be told
        yield from _words(source)
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
            yield from _meant(node.value, package)


def _meant(string: str, package: list[str]) -> Iterator[str]:
    """What a string may name: a whole name, or the end of one in a package that the file is in."""
    if TESTS in string and "." in string and DOTTED.fullmatch(string):
        yield string
        end = string.lstrip(".")
        yield from (".".join([*package[:length], end]) for length in range(1, len(package) + 1))


def _named_in_binaries(folder: Path, modules: Iterable[str]) -> Iterator[str]:
    """Names that compiled code holds, which packs its strings so tightly that one's end may be another's start."""
    for path in (path for suffix in ("so", "so.*", "pyx", "pxd", "pxi") for path in folder.rglob(f"*.{suffix}")):
        data = path.read_bytes() if not _is_test(folder, path) and path.is_file() else b""
        found = " ".join(_words(data))
        yield from (name for name in modules if found and name in found)


def _words(data: bytes) -> Iterator[str]:
    if b".tests" in data:
        yield from (match[0].decode() for match in WORDS.finditer(data) if b".tests" in match[0])


def remove_tests(folder: Path) -> set[Path]:
    """Remove the tests but those that are needed, with the data beside and below them; return what is gone."""
    kept = needed(folder, tests_of(folder))
    spared = {path.parent for path in kept if path.name != "__init__.py"}
    gone = set()
    for path in [path for path in folder.rglob("*") if _is_test(folder, path) and not path.is_dir()]:
        data = path.suffix != ".py" and not spared.isdisjoint(path.parents)
        if path not in kept and not data:
            path.unlink()
            gone.add(path)
    for path in sorted(folder.rglob(f"{TESTS}/**"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return gone


def correct_records(folder: Path, gone: set[Path], changed: set[Path]) -> None:
    """Let each library's RECORD tell what is there."""
    for record in folder.glob("*.dist-info/RECORD"):
        before = list(csv.reader(io.StringIO(record.read_text(encoding="utf-8"), newline="")))
        after = [_row(folder, row, changed) for row in before if folder / row[0] not in gone]
        if after != before:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(after)
            _replace(record, text.getvalue().encode())


def _row(folder: Path, row: list[str], changed: set[Path]) -> list[str]:
    path = folder / row[0]
    return [row[0], *_fingerprint(path)] if path in changed else row


def _fingerprint(path: Path) -> tuple[str, str]:
    data = path.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest}", str(len(data))


def _replace(path: Path, data: bytes) -> None:
    """Write a new file: the old one may be linked into an installer's cache."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(data)
    partial.chmod(path.stat().st_mode)
    os.replace(partial, path)  # noqa: PTH105  Path.replace is the same


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main(folder: Path) -> int:
    """Slim it, and tell how much each step took away."""
    objects = [path for path in sorted(folder.rglob("*.so*")) if path.is_file() and not path.is_symlink()]
    cuts = {path: saved for path in objects if (saved := cut(path))}
    for path, saved in cuts.items():
        print(f"{saved / 1e6:6.0f} MB of CUDA's code out of {path.relative_to(folder)}")
    before = _size(folder)
    gone = remove_tests(folder)
    print(f"{(before - _size(folder)) / 1e6:6.0f} MB of tests, {len(gone)} files; kept, since something imports them:")
    print(*(f"          {path.relative_to(folder)}" for path in sorted(tests_of(folder))), sep="\n")
    correct_records(folder, gone, set(cuts))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
