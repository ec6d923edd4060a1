"""Where does it pay? LightGBM's CPU seconds and the accelerated ones, for rows by trees."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from predicting import Task
from turns import Desk, Pair, line, times_faster

FEATURES = 32
LEAST = 0.5  # CPU seconds: what is shorter is repeated, or it would be noise
WORST = 0.95

Cell = tuple[int, int]  # rows, trees


@dataclass
class Grid:
    """What was measured so far: it tells which of the larger cells can be waited for."""

    desk: Desk
    runs: int
    budget: float
    frame: bool
    cells: dict[Cell, list[Pair]] = field(default_factory=dict)

    def fill(self, rows: int, trees: int) -> str:
        """Measure a cell, if LightGBM does it within the budget."""
        expected = self._expected(rows, trees)
        if expected > self.budget:
            return f"(LightGBM: ≈ {expected:,.0f} s)"
        print(f"{rows:,} rows, {trees:,} trees: about {expected:.1f} s by LightGBM", file=sys.stderr)
        model = self.desk.file("booster", trees, FEATURES)
        pairs = self.desk.rounds(Task(model, rows, FEATURES, frame=self.frame, least=LEAST), self.runs)
        self.cells[rows, trees] = pairs
        theirs, ours = (median(way) for way in zip(*((p.lightgbm.cpu, p.accelerated.cpu) for p in pairs), strict=True))
        return f"{times_faster(pairs):.2f}x ({theirs:.3g} → {ours:.3g} s)"

    def _expected(self, rows: int, trees: int) -> float:
        """Extrapolate from the cell with fewer rows, else from the one with fewer trees; without either, hope."""
        for other, pairs in reversed(self.cells.items()):
            if rows == other[0] or trees == other[1]:
                took = pairs[-1].lightgbm
                return (took.load + took.predict * rows / other[0]) * trees / other[1]
        return 0


def grid(desk: Desk, rows: Sequence[int], trees: Sequence[int], runs: int, budget: float, *, frame: bool) -> None:
    """Measure all cells and print them."""
    measured = Grid(desk, runs, budget, frame)
    texts = {(row, tree): measured.fill(row, tree) for tree in sorted(trees) for row in sorted(rows)}
    print(f"Load and predict, {FEATURES} features, {'a DataFrame' if frame else 'NumPy'}, medians of {runs} runs; ", end="")
    print(f"in brackets CPU seconds. What LightGBM needs more than {budget:g} s for was left out.\n")
    print(line(["rows", *(f"{tree:,} trees" for tree in sorted(trees))]))
    print(line(["---:"] * (len(trees) + 1)))
    for row in sorted(rows):
        print(line([f"{row:,}", *(texts[row, tree] for tree in sorted(trees))]))
    print("\n" + " ".join(_conclusions(measured.cells)) + "\n")


def _conclusions(cells: dict[Cell, list[Pair]]) -> Iterator[str]:
    ratios = {cell: times_faster(pairs) for cell, pairs in cells.items()}
    least = min(ratios, key=ratios.__getitem__)
    yield f"The least is {ratios[least]:.2f}x, at {least[0]:,} rows and {least[1]:,} trees (goal: ≥ {WORST}x)."
    smallest = cells[min(cells)]
    theirs, ours, switch = (
        1000 * median(way)
        for way in zip(*((p.lightgbm.first, p.accelerated.first, p.accelerated.switch) for p in smallest), strict=True)
    )
    yield f"The first turn of a process, in the smallest cell, took LightGBM {theirs:.1f} ms, accelerated {ours:.1f} ms;"
    yield f"switching it on {switch:.1f} ms more, once."
