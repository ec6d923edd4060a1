"""What does it take to read a large pickle without loading it? Prints Markdown; README.md tells how to read it.

`inspecting_models.py` makes the pickles.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from measure import Cost, run
from overhead import HERE, folder_for

MIB = 1024**2
MODELS = ("lightgbm", "random forest", "one array", "single numbers")
GOAL = "≤ 2 s, ≤ 1.2 x its size"
READ = (
    "import sys; from predict.inspection.gather import gather; "
    "facts = gather(open(sys.argv[1], 'rb')); assert not facts.unreadable, facts"
)
LOAD = "import sys, pickle; pickle.load(open(sys.argv[1], 'rb'))"
MAKE = (
    f"import sys; sys.path.insert(0, {str(HERE)!r}); import inspecting_models as models; from pathlib import Path; "
    "getattr(models, sys.argv[1])(Path(sys.argv[2]), int(sys.argv[3]))"
)
NOTHING = "import sys; import predict.inspection.gather"


def main(argv: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="inspecting.py", description=__doc__)
    parser.add_argument("--size", type=int, default=300, help="MiB of each pickle (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each (default: %(default)s)")
    parser.add_argument("--cpu", type=int, default=0, help="the CPU that it runs on, on Linux (default: %(default)s)")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave everything there")
    arguments = parser.parse_args(argv)
    print(f"| pickle | MiB | read: wall s | memory, MiB | x its size | load: wall s | memory, MiB |\n|{'---|' * 7}")
    with folder_for(arguments.keep) as folder:
        for name in MODELS:
            path = folder / f"{name.replace(' ', '_')}.pkl"
            if not path.exists():
                # elsewhere: Linux counts the memory of whoever starts a program as its own
                run(
                    [sys.executable, "-c", MAKE, name.replace(" ", "_"), str(path), str(arguments.size * MIB)],
                    arguments.cpu,
                )
            print(_row(name, path, arguments.runs, arguments.cpu), flush=True)
    print(f"\nGoal: {GOAL}. Memory beyond that of a process that reads nothing.")
    return 0


def _row(name: str, path: Path, runs: int, cpu: int) -> str:
    size = path.stat().st_size
    floor = _median([_cost(NOTHING, path, cpu) for _ in range(runs)])
    read, load = (_median([_cost(code, path, cpu) for _ in range(runs)]) for code in (READ, LOAD))
    held, loaded = (max(0, cost.peak_rss - floor.peak_rss) for cost in (read, load))
    figures = f"{read.wall - floor.wall:.2f} | {held / MIB:,.0f} | {held / size:.2f}"
    return f"| {name} | {size / MIB:,.0f} | {figures} | {load.wall - floor.wall:.2f} | {loaded / MIB:,.0f} |"


def _cost(code: str, path: Path, cpu: int) -> Cost:
    return run([sys.executable, "-c", code, str(path)], cpu)


def _median(costs: list[Cost]) -> Cost:
    cpu, wall, peak = (median(values) for values in zip(*((c.cpu, c.wall, c.peak_rss) for c in costs), strict=True))
    return Cost(cpu, wall, int(peak))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
