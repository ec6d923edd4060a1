"""The watch on systems that tell it less: the same endings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, assert_verdict

VERDICTS = {"good": ("Success", None), "os_exit": ("Failed", "exited_early"), "segfaults": ("Failed", "crashed")}


@pytest.mark.parametrize("name", VERDICTS)
@pytest.mark.parametrize("lacking", [["pidfd_open"], ["pidfd_open", "waitid"]])
def test_a_death_is_seen_without_newer_system_calls(
    lacking: list[str], name: str, pickled: Callable[[str], Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for call in lacking:
        monkeypatch.delattr(os, call, raising=False)
    assert_verdict(run(pickled(name)), *VERDICTS[name])
