"""What does the runner cost, compared with the plain script? Prints Markdown; README.md tells how to read it."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TypeVar

from measure import Cost, peak_memory, run

HERE = Path(__file__).resolve().parent
MIB = 1024**2
RUNNER_GOAL = "CPU and wall ≤ 1.15, memory ≤ 60 MiB more"
READING_GOAL = "< 1.00 each"

T = TypeVar("T")


@dataclass(frozen=True)
class Program:
    """One row of a table: its name, what to start, the folder that it writes to, the ratios that we want."""

    name: str
    command: Sequence[str]
    output: Path
    goal: str = ""


@dataclass(frozen=True)
class Column:
    """Figures by program and round, and how to print them."""

    name: str
    form: str
    figures: Sequence[Sequence[float]]


@dataclass(frozen=True)
class Bench:
    """Where to measure, and how often."""

    folder: Path
    runs: int
    cpu: int

    @property
    def model(self) -> str:
        """The model that does nothing."""
        return str(self.folder / "model.pkl")

    @property
    def dataset(self) -> str:
        """The live features."""
        return str(self.folder / "live.parquet")

    def times(self, programs: Sequence[Program]) -> list[list[Cost]]:
        """Time each program: a list of runs for each."""
        return self._in_turn("times", programs, lambda program: run(program.command, self.cpu))

    def peaks(self, programs: Sequence[Program]) -> list[list[float]]:
        """Look at each program's memory: a list of MiB for each."""
        return self._in_turn("memory", programs, lambda program: peak_memory(program.command, self.cpu) / MIB)

    def _in_turn(self, what: str, programs: Sequence[Program], measure: Callable[[Program], T]) -> list[list[T]]:
        """Take turns, so that a slow moment of the machine meets all programs."""
        figures: list[list[T]] = [[] for _ in programs]
        for number in range(1, self.runs + 1):
            print(f"{what}: round {number} of {self.runs}", file=sys.stderr)
            for program, own in zip(programs, figures, strict=True):
                _empty(program.output)
                own.append(measure(program))
        return figures


def main(argv: Sequence[str]) -> int:
    """Measure and print."""
    arguments = _arguments(argv)
    with folder_for(arguments.keep) as folder:
        bench = Bench(folder, arguments.runs, arguments.cpu)
        shape = (str(arguments.rows), str(arguments.features))
        run([sys.executable, str(HERE / "synthetic.py"), str(folder), *shape], bench.cpu)
        print(f"{machine(bench)}; {arguments.rows:,} rows x {arguments.features:,} features\n")
        print(_runner_table(bench, arguments.original))
        print(_reading_table(bench))
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="overhead.py", description=__doc__)
    add = parser.add_argument
    add("--runs", type=_positive, default=7, help="measured runs of each program (default: %(default)s)")
    add("--rows", type=_positive, default=6700, help="rows of the live features (default: %(default)s)")
    add("--features", type=_positive, default=3555, help="their features (default: %(default)s)")
    add("--original", type=Path, help="a copy of numerai-predict's predict.py, to be measured too")
    add("--cpu", type=int, default=0, help="the CPU that all programs run on, on Linux (default: %(default)s)")
    add("--keep", type=Path, help="work in this folder and leave everything there")
    arguments = parser.parse_args(argv)
    if arguments.original and not arguments.original.is_file():
        parser.error(f"--original: {arguments.original} is not a file")
    if arguments.keep and arguments.keep.exists() and not arguments.keep.is_dir():
        parser.error(f"--keep: {arguments.keep} is not a folder")
    if arguments.cpu not in _cpus():
        parser.error(f"--cpu: must be one of {', '.join(map(str, sorted(_cpus())))}")
    return arguments


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _cpus() -> set[int]:
    if sys.platform == "linux":
        cpus = os.sched_getaffinity(0)
    else:
        cpus = set(range(os.cpu_count() or 1))
    return cpus


@contextmanager
def folder_for(keep: Path | None) -> Iterator[Path]:
    """Yield the folder to keep, or one that goes."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        yield Path(folder).resolve()


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def machine(bench: Bench) -> str:
    """Say what is measured on, and how often."""
    return f"{system(bench.cpu)}; medians of {bench.runs} runs"


def system(cpu: int) -> str:
    """Say what is measured on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pandas", "pyarrow"))
    pinned = f", pinned to CPU {cpu}" if sys.platform == "linux" else ""
    computer = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs{pinned}"
    return f"Python {platform.python_version()}, {libraries}; {computer}"


def _runner_table(bench: Bench, original: Path | None) -> str:
    programs = list(_programs(bench, original))
    warm_up(bench, programs)
    times, peaks = bench.times(programs), bench.peaks(programs)
    wall = Column("wall s", ".2f", [[cost.wall for cost in costs] for costs in times])
    return table("program", programs, [cpu_column(times), wall, Column("peak MiB", ".0f", peaks)])


def _programs(bench: Bench, original: Path | None) -> Iterator[Program]:
    def program(name: str, *start: str, goal: str = "") -> Program:
        output = bench.folder / name.replace(" ", "-")
        flags = ["--model", bench.model, "--dataset", bench.dataset, "--output_dir", str(output)]
        return Program(name, [sys.executable, *start, *flags], output, goal)

    yield program("plain script", str(HERE / "plain.py"))
    yield program("this runner", "-m", "predict", goal=RUNNER_GOAL)
    if original:
        yield program("original", str(original.resolve()))


def _reading_table(bench: Bench) -> str:
    def program(name: str, way: str, goal: str = "") -> Program:
        return Program(name, [sys.executable, str(HERE / "reading.py"), way, bench.dataset], bench.folder / way, goal)

    programs = [
        program("`pd.read_parquet`", "pandas"),
        program("`frames.read_frame`", "frames", READING_GOAL),
        program("neither: imports only", "nothing"),
    ]
    warm_up(bench, programs)
    times = bench.times(programs)
    peak = Column("peak RSS MiB", ".0f", [[cost.peak_rss / MIB for cost in costs] for costs in times])
    return table("reading alone", programs, [cpu_column(times), peak])


def warm_up(bench: Bench, programs: Sequence[Program]) -> None:
    """Run each program once, and refuse to compare programs that do different things."""
    for program in programs:
        _empty(program.output)
        run(program.command, bench.cpu)
    demand_same(programs)


def demand_same(programs: Sequence[Program]) -> None:
    """Refuse to compare programs whose last runs wrote different predictions."""
    if len({tuple(csv.read_bytes() for csv in program.output.glob("*.csv")) for program in programs}) > 1:
        sys.exit("the programs wrote different predictions, so nothing was measured")


def cpu_column(times: Sequence[Sequence[Cost]]) -> Column:
    """CPU seconds of each run of each program."""
    return Column("CPU s", ".2f", [[cost.cpu for cost in costs] for costs in times])


def table(title: str, programs: Sequence[Program], columns: Sequence[Column]) -> str:
    """Lay out the columns, each with its ratios to the first program."""
    lines = [
        _line([title, *(cell for column in columns for cell in (column.name, "ratio")), "goal"]),
        _line(["---", *["---:"] * (2 * len(columns)), "---"]),
    ]
    for row, program in enumerate(programs):
        cells = [cell for column in columns for cell in _cells(column, row)]
        lines.append(_line([program.name, *cells, program.goal]))
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(column: Column, row: int) -> tuple[str, str]:
    """Return the median, and the median of the ratios within each round: what slowed a round down slowed both."""
    own, first = column.figures[row], column.figures[0]
    ratio = median(figure / other for figure, other in zip(own, first, strict=True))
    return format(median(own), column.form), f"{ratio:.2f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
