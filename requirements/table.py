"""Write the table of libraries and images into README.md, from the locks: `make table`.

Rows are what core.in and full.in name; `theirs.json` has numerai-predict's versions, for the comparison.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
BEGIN, END = "<!-- libraries: made by `make table` -->\n", "<!-- end of libraries -->\n"
SAME = {"xgboost-cpu": "xgboost", "tensorflow-cpu": "tensorflow"}  # builds without CUDA of what theirs name


def named(file: str) -> list[str]:
    """The libraries that people wrote into a file, without what stands on lines of its own for another's sake."""
    lines = (HERE / file).read_text().splitlines()
    return sorted(dict.fromkeys(found[0] for line in lines if (found := re.match(r"[a-z][a-z0-9-]*", line))))


def locked(python: str, name: str) -> dict[str, str]:
    """Library and version of one lock; none if it could not be written yet."""
    path = HERE / f"py{python}-{name}.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(found.groups() for line in lines if (found := re.match(r"([a-z0-9-]+)==(\S+)", line)))  # type: ignore[misc]  # two groups


def theirs() -> dict[str, dict[str, str]]:
    """Python, library, version of numerai-predict's own images."""
    found: dict[str, dict[str, str]] = json.loads((HERE / "theirs.json").read_text())
    return found


def rows(pythons: Sequence[str]) -> Iterator[str]:
    """Core first, then what the full set adds."""
    yield "| library | " + " | ".join(f"py{python}" for python in pythons) + " |"
    yield "| --- " * (len(pythons) + 1) + "|"
    core = named("core.in")
    yield from (row(library, pythons, ("core",)) for library in core)
    yield "| *full set, beside these:* " + "| " * len(pythons) + "|"
    beyond = [library for library in [*named("full.in"), "torch"] if library not in core]
    yield from (row(library, pythons, ("full", "torch")) for library in beyond)


def row(library: str, pythons: Sequence[str], sets: Sequence[str]) -> str:
    """One library in every image."""
    cells = (cell(library, python, sets) for python in pythons)
    return f"| {library} | {' | '.join(cells)} |"


def cell(library: str, python: str, sets: Sequence[str]) -> str:
    """Our version; theirs in brackets where it differs."""
    ours = next((version for name in sets if (version := locked(python, name).get(library))), "-")
    original = theirs().get(python, {}).get(SAME.get(library, library))
    return ours if original is None or original == ours.removesuffix("+cpu") else f"{ours} ({original})"


def main(*pythons: str) -> int:
    """Replace what stands between the marks."""
    before, _, rest = README.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text("".join([before, BEGIN, *(f"{line}\n" for line in rows(pythons)), END, after]))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
