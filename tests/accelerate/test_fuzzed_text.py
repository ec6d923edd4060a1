"""A damaged model text is declined, or means the same to the kernel as to LightGBM; nothing of ours crashes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from accelerate.child import run
from accelerate.recipes import MORE
from predict.sandbox.worker.accelerate.forest import LIBRARY

pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="no C++ compiler made the kernel when this was installed")

TEXTS = 1500 * MORE
FINE = {"declined", "declined for its header", "the same", "LightGBM crashes"}


def test_a_damaged_text_is_declined_or_means_the_same(tmp_path: Path) -> None:
    out = tmp_path / "judged"
    ended = run("accelerate.judge", 0, TEXTS, out)
    lines = [line.partition(" ") for line in out.read_text().splitlines()]
    assert ended.returncode == 0, f"the text of seed {lines[-1][0]} ended it: {ended.stderr[-2000:]}"
    assert [line for line in lines if line[2] not in FINE] == []
    counts = Counter(verdict for _, _, verdict in lines)
    assert sum(counts.values()) == TEXTS
    assert min(counts["declined"], counts["the same"]) > TEXTS / 10, "the damage misses what it should meet"
