"""Frozen pickles of 14 environments, and what really happened when they were loaded and called in each image."""

from __future__ import annotations

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ARCHIVE = Path(__file__).with_name("corpus.tar.xz")


@dataclass(frozen=True)
class Row:
    """One frozen pickle: bytes, and what is known of it."""

    data: bytes
    known: dict[str, Any]

    @property
    def python(self) -> tuple[int, int]:
        """Who wrote it."""
        major, minor, *_ = self.known["python"].split(".")
        return int(major), int(minor)


@pytest.fixture(scope="session")
def corpus() -> list[Row]:
    with tarfile.open(ARCHIVE) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        contents = {name: file.read() for name, file in files.items() if file}
    rows = map(json.loads, contents["manifest.jsonl"].splitlines())
    return [Row(contents[row["file"]], row) for row in rows]
