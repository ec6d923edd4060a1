"""How much faster do LightGBM models run, with the same bits? Prints Markdown; README.md tells how to read it.

`boosters.py` makes the models; `predicting.py` is the process that is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from accelerating_grid import FEATURES, Grid
from overhead import HERE, MIB, Bench, Column, Program, cpu_column, demand_same, folder_for, system, table
from turns import Desk, line, times_faster

if TYPE_CHECKING:
    from predicting import Result, Task

FASTER = 15
MANY = 16  # threads
PARTED = 100  # as who predicts era by era
FIGURES = {"load": ".2f", "predict": ".2f", "cpu": ".2f", "wall": ".2f", "peak": ".0f", "own": ".0f"}


@dataclass(frozen=True)
class Model:
    """The size of a booster, and how often it is measured."""

    trees: int
    features: int
    runs: int

    def __str__(self) -> str:
        return f"{self.trees:,} trees x {self.features:,} features"


def main(argv: Sequence[str]) -> int:
    """Measure and print."""
    arguments = _arguments(argv)
    with folder_for(arguments.keep) as folder:
        desk = Desk(folder, arguments.cpu, arguments.frame)
        print(f"lightgbm {version('lightgbm')}, {system(desk.cpu)}; medians of runs\n")
        for part in arguments.parts:
            for text in PARTS[part](desk, arguments):
                print(text, flush=True)
            print()
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="accelerating.py", description=__doc__)
    add = parser.add_argument
    add("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="tables to make (default: all)")
    sizes = [(20_000, 32), (90_000, 1_100)]
    add("--models", nargs="+", type=_size, default=sizes, help="TREESxFEATURES (default: 20000x32 90000x1100)")
    add("--runs", nargs="+", type=int, default=[3, 1], help="measured runs of each model (default: 3 1)")
    add("--rows", type=int, default=6700, help="rows to predict (default: %(default)s)")
    add(
        "--grid_rows",
        nargs="+",
        type=int,
        default=[10**power for power in range(2, 7)],
        help="default: 100 ... 1000000",
    )
    add("--grid_trees", nargs="+", type=int, default=[100, 1_000, 10_000, 90_000], help="default: 100 ... 90000")
    add("--grid_runs", type=int, default=3, help="measured runs of each cell, and of threads (default: %(default)s)")
    add("--budget", type=float, default=100, help="seconds that LightGBM may take for a cell (default: %(default)s)")
    add("--threads_trees", type=int, default=2000, help="trees where threads are compared (default: %(default)s)")
    add("--frame", action="store_true", help="predict for a DataFrame instead of an array")
    add("--cpu", type=int, default=0, help="the CPU that all processes run on (default: %(default)s)")
    add("--keep", type=Path, help="work in this folder and leave everything there: the next run finds its models")
    arguments = parser.parse_args(argv)
    if sys.platform != "linux":
        parser.error("only Linux can begin a process's peak memory anew, and pin it to a CPU")
    if len(arguments.runs) != len(arguments.models):
        parser.error(f"--runs: {len(arguments.models)} numbers are needed, one for each model")
    return arguments


def _size(text: str) -> tuple[int, int]:
    trees, features = text.split("x")
    return int(trees), int(features)


def _runs(counts: Sequence[int]) -> str:
    return f"runs of each: {', '.join(map(str, counts))}"


def _models(arguments: argparse.Namespace) -> list[Model]:
    sizes = zip(arguments.models, arguments.runs, strict=True)
    return [Model(trees, features, runs) for (trees, features), runs in sizes]


def _reference(desk: Desk, arguments: argparse.Namespace) -> Iterator[str]:
    """Unpickle and predict, in a process that has imported everything."""
    yield f"{arguments.rows:,} rows; {_runs(arguments.runs)}:\n"
    columns = ["load: CPU s", "predict: CPU s", "CPU s", "wall s", "peak MiB", "own MiB", "times faster", "goal"]
    yield line(["unpickle and predict", "by", *columns])
    yield line(["---", "---", *["---:"] * 7, "---"])
    for model in _models(arguments):
        pairs = desk.rounds(desk.task(model.trees, model.features, arguments.rows), model.runs)
        yield line([str(model), "LightGBM", *_figures([pair.lightgbm for pair in pairs], FIGURES), "1.0x", ""])
        ours = _figures([pair.accelerated for pair in pairs], FIGURES)
        yield line([str(model), "accelerated", *ours, f"{times_faster(pairs):.1f}x", f"≥ {FASTER}x, no more memory"])


def _figures(results: Sequence[Result], forms: Mapping[str, str]) -> Iterator[str]:
    for name, form in forms.items():
        yield format(median(getattr(result, name) for result in results), form)


def _grid(desk: Desk, arguments: argparse.Namespace) -> Iterator[str]:
    """Rows by trees."""
    grid = Grid(desk, arguments.grid_runs, arguments.budget)
    yield f"Times faster (CPU seconds of load and predict); {FEATURES} features; {_runs([grid.runs])}."
    yield f"Left out: what LightGBM would need more than {grid.budget:g} s for.\n"
    yield from grid.table(arguments.grid_rows, arguments.grid_trees)
    yield "\n" + " ".join(grid.conclusions())


def _program(desk: Desk, arguments: argparse.Namespace) -> Iterator[str]:
    """The whole program beside the plain script."""
    yield f"{arguments.rows:,} rows; {_runs(arguments.runs)}:\n"
    for model in _models(arguments):
        live = desk.file("live", arguments.rows, model.features)
        programs = list(_programs(desk.folder, desk.file("function", model.trees, model.features), live))
        times = Bench(desk.folder, model.runs, desk.cpu).times(programs)
        demand_same(programs)
        _demand_served(programs[-1])
        wall = Column("wall s", ".2f", [[cost.wall for cost in costs] for costs in times])
        peak = Column("peak RSS MiB", ".0f", [[cost.peak_rss / MIB for cost in costs] for costs in times])
        yield table(str(model), programs, [cpu_column(times), wall, peak])


def _programs(folder: Path, model: str, live: str) -> Iterator[Program]:
    for name, start, flags in (
        ("plain script", [str(HERE / "plain.py")], []),
        ("this runner, `--accelerate off`", ["-m", "predict"], ["--accelerate", "off"]),
        ("this runner", ["-m", "predict"], ["--accelerate", "auto"]),
    ):
        output = folder / "-".join(["program", *flags[1:]])
        command = [*start, "--model", model, "--dataset", live, "--output_dir", str(output), *flags]
        yield Program(name, [sys.executable, *command], output)


def _demand_served(program: Program) -> None:
    """Refuse to compare LightGBM with itself."""
    [report] = program.output.glob("*.json")
    served = json.loads(report.read_text())["acceleration"]
    if not served["rows"]:
        sys.exit(f"{program.name}: LightGBM did it itself, so nothing was measured: {served}")


def _threads(desk: Desk, arguments: argparse.Namespace) -> Iterator[str]:
    """What a machine of many CPUs, of which the process has one, makes of it."""
    what = f"{arguments.threads_trees:,} trees x {FEATURES} features"
    yield f"{what}; {arguments.rows:,} rows; {_runs([arguments.grid_runs])}:\n"
    yield line([f"{MANY} threads asked for, one CPU", "rows", "predict: CPU s", "wall s", "threads", "switches"])
    yield line(["---", "---", *["---:"] * 4])
    task = replace(desk.task(arguments.threads_trees, FEATURES, arguments.rows), asked=MANY)
    for parts in (1, PARTED):
        yield from _threads_of(replace(task, parts=parts), desk, arguments.grid_runs)


def _threads_of(task: Task, desk: Desk, runs: int) -> Iterator[str]:
    ways = [(accelerated, cpus) for accelerated in (False, True) for cpus in (MANY, 1)]
    tasks = [replace(task, accelerated=accelerated, cpus=cpus) for accelerated, cpus in ways]
    rounds = [desk.turns(tasks) for _ in range(runs)]
    for (accelerated, cpus), results in zip(ways, zip(*rounds, strict=True), strict=True):
        name = ("accelerated" if accelerated else "LightGBM") + (", as the runner has it" if cpus == 1 else "")
        figures = _figures(results, {"predict": ".3f", "wall": ".3f", "threads": ".0f", "switches": ".0f"})
        yield line([name, "in one" if task.parts == 1 else f"in {task.parts} parts", *figures])


PARTS = {"reference": _reference, "grid": _grid, "program": _program, "threads": _threads}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
