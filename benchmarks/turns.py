"""LightGBM and the accelerated run take turns at the same task, and must come to the same bits."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from measure import run
from overhead import HERE
from predicting import Result, Task


@dataclass(frozen=True)
class Pair:
    """What one round took."""

    lightgbm: Result
    accelerated: Result

    @property
    def times_faster(self) -> float:
        """CPU seconds for CPU seconds."""
        return self.lightgbm.cpu / self.accelerated.cpu


@dataclass(frozen=True)
class Desk:
    """Where to measure: the files stay in the folder, for the next one who needs them."""

    folder: Path
    cpu: int
    frame: bool = False  # predict for DataFrames instead of arrays

    def file(self, what: str, count: int, features: int) -> str:
        """Return a `booster` or `function` of so many trees, or a `live` of so many rows; `boosters.py` makes it."""
        path = self.folder / f"{what}-{count}x{features}"
        if not path.exists():
            print(f"making {path.name}", file=sys.stderr)
            run([sys.executable, str(HERE / "boosters.py"), what, str(path), str(count), str(features)], self.cpu)
        return str(path)

    def task(self, trees: int, features: int, rows: int) -> Task:
        """Describe loading a booster and predicting once."""
        return Task(self.file("booster", trees, features), rows, features, frame=self.frame)

    def rounds(self, task: Task, count: int) -> list[Pair]:
        """Do a task so many times in both ways."""
        return [Pair(*self.turns([task, replace(task, accelerated=True)])) for _ in range(count)]

    def turns(self, tasks: Sequence[Task]) -> list[Result]:
        """Do tasks that have the same result, and refuse to compare what is not equal bit by bit."""
        results = [self.measure(task) for task in tasks]
        digests = [result.digest for result in results]
        if len(set(digests)) > 1:
            sys.exit(f"{tasks}: the predictions differ, so nothing was measured. Their sha256: {', '.join(digests)}")
        return results

    def measure(self, task: Task) -> Result:
        """Do a task in one way, in a process of its own."""
        path = self.folder / "result.json"
        run([sys.executable, str(HERE / "predicting.py"), json.dumps(asdict(task)), str(path)], self.cpu)
        result = Result(**json.loads(path.read_text()))
        if task.accelerated and result.served.get("rows", 0) < task.rows * result.turns:
            sys.exit(f"{task}: LightGBM did it itself, so nothing was measured: {result.served}")
        return result


def times_faster(pairs: Iterable[Pair]) -> float:
    """Return the median of the ratios within each round: what slowed a round down slowed both."""
    return median(pair.times_faster for pair in pairs)


def line(cells: Iterable[str]) -> str:
    """Lay out one line of a Markdown table."""
    return f"| {' | '.join(cells)} |"
