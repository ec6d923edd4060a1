"""Where does it pay? LightGBM's CPU seconds and the accelerated ones, for rows by trees."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from turns import Desk, Pair, line, times_faster

FEATURES = 32
LEAST = 0.5  # CPU seconds: what is shorter is repeated, or it would be noise
GOAL = 0.95

Cell = tuple[int, int]  # rows, trees


@dataclass
class Grid:
    """What was measured so far: it tells which of the larger cells can be waited for."""

    desk: Desk
    runs: int
    budget: float
    cells: dict[Cell, list[Pair]] = field(default_factory=dict)

    def table(self, rows: Sequence[int], trees: Sequence[int]) -> Iterator[str]:
        """Measure all cells, the smaller ones first."""
        rows, trees = sorted(rows), sorted(trees)
        texts = {(row, tree): self._fill(row, tree) for tree in trees for row in rows}
        yield line(["rows", *(f"{tree:,} trees" for tree in trees)])
        yield line(["---:"] * (len(trees) + 1))
        for row in rows:
            yield line([f"{row:,}", *(texts[row, tree] for tree in trees)])

    def _fill(self, rows: int, trees: int) -> str:
        expected = self._expected(rows, trees)
        if expected > self.budget:
            return f"(LightGBM: ≈ {expected:,.0f} s)"
        print(f"{rows:,} rows, {trees:,} trees: about {expected:.1f} s by LightGBM", file=sys.stderr)
        task = replace(self.desk.task(trees, FEATURES, rows), least=LEAST)
        pairs = self.cells[rows, trees] = self.desk.rounds(task, self.runs)
        theirs, ours = (median(way) for way in zip(*((p.lightgbm.cpu, p.accelerated.cpu) for p in pairs), strict=True))
        return f"{times_faster(pairs):.2f}x ({theirs:.3g} → {ours:.3g} s)"

    def _expected(self, rows: int, trees: int) -> float:
        """Extrapolate from the cell with fewer rows, else from the one with fewer trees; the first one is tried."""
        for other, pairs in reversed(self.cells.items()):
            if rows == other[0] or trees == other[1]:
                took = pairs[-1].lightgbm
                return (took.load + took.predict * rows / other[0]) * trees / other[1]
        return 0

    def conclusions(self) -> Iterator[str]:
        """Say what is worst, and what is paid once."""
        ratios = {cell: times_faster(pairs) for cell, pairs in self.cells.items()}
        rows, trees = least = min(ratios, key=ratios.__getitem__)
        yield f"The least is {ratios[least]:.2f}x, at {rows:,} rows x {trees:,} trees (goal: ≥ {GOAL}x)."
        pairs = self.cells[min(self.cells)]
        yield f"The first turn of a process, in the smallest cell: LightGBM {_median(p.lightgbm.first for p in pairs)},"
        yield f"accelerated {_median(p.accelerated.first for p in pairs)},"
        yield f"and {_median(p.accelerated.switch for p in pairs)} once, to switch it on."


def _median(seconds: Iterator[float]) -> str:
    return f"{1000 * median(seconds):.1f} ms"
