"""What does the runner cost against the plain script? Prints tables in Markdown; README.md tells how to read them."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from measure import Cost, peak_memory, run

HERE = Path(__file__).resolve().parent
MIB = 1024**2
GOAL = "≤ 1.25 each"


@dataclass(frozen=True)
class Program:
    """One row of a table: a name, and what to start."""

    name: str
    command: Sequence[str]
    goal: str = ""


@dataclass(frozen=True)
class Bench:
    """Where and how often to measure."""

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

    @property
    def output(self) -> Path:
        """The folder that programs write to."""
        return self.folder / "output"

    def times(self, programs: Sequence[Program]) -> list[list[Cost]]:
        """Time the programs in turn, so that a slow moment of the machine meets all of them: a list for each."""
        rounds = [[run(program.command, self.cpu) for program in self.fresh(programs)] for _ in self.rounds("times")]
        return [list(costs) for costs in zip(*rounds, strict=True)]

    def peaks(self, programs: Sequence[Program]) -> list[list[float]]:
        """Look at the programs' memory in turn, in MiB: a list for each."""
        rounds = [
            [peak_memory(program.command, self.cpu) / MIB for program in self.fresh(programs)]
            for _ in self.rounds("memory")
        ]
        return [list(peaks) for peaks in zip(*rounds, strict=True)]

    def warm_up(self, programs: Sequence[Program]) -> None:
        """Run each program once, and refuse to compare programs that do different things."""
        answers = set()
        for program in self.fresh(programs):
            run(program.command, self.cpu)
            answers.add(tuple(file.read_bytes() for file in self.output.glob("*.csv")))
        if len(answers) > 1:
            sys.exit("the programs wrote different predictions, so nothing was measured")

    def fresh(self, programs: Iterable[Program]) -> Iterator[Program]:
        """Each program with an empty folder to write to."""
        for program in programs:
            shutil.rmtree(self.output, ignore_errors=True)
            self.output.mkdir()
            yield program

    def rounds(self, what: str) -> Iterator[int]:
        """Count the rounds aloud: they take minutes."""
        for number in range(1, self.runs + 1):
            print(f"{what}: round {number} of {self.runs}", file=sys.stderr)
            yield number


def main(argv: Sequence[str]) -> int:
    """Measure and print."""
    arguments = _arguments(argv)
    with _folder(arguments.keep) as folder:
        bench = Bench(folder, arguments.runs, arguments.cpu)
        shape = (str(arguments.rows), str(arguments.features))
        run([sys.executable, str(HERE / "synthetic.py"), str(folder), *shape], bench.cpu)
        print(f"{_machine(bench)}; {arguments.rows:,} rows x {arguments.features:,} features\n")
        print(_runner_table(bench, arguments.original))
        print(_reading_table(bench))
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="overhead.py", description=__doc__)
    add = parser.add_argument
    add("--runs", type=_at_least_one, default=7, help="measured runs of each program (default: %(default)s)")
    add("--rows", type=_at_least_one, default=6700, help="rows of the live features (default: %(default)s)")
    add("--features", type=_at_least_one, default=3555, help="features (default: %(default)s)")
    add("--original", type=Path, help="a copy of numerai-predict's predict.py, to be measured too")
    add("--cpu", type=int, default=0, help="the CPU that all programs run on, on Linux (default: %(default)s)")
    add("--keep", type=Path, help="work in this folder and leave everything there")
    arguments = parser.parse_args(argv)
    if arguments.original and not arguments.original.is_file():
        parser.error(f"--original: {arguments.original} is not a file")
    if arguments.cpu not in _cpus():
        parser.error(f"--cpu: must be one of {', '.join(map(str, sorted(_cpus())))}")
    return arguments


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _cpus() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        yield Path(folder)


def _machine(bench: Bench) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pandas", "pyarrow"))
    pinned = f", pinned to CPU {bench.cpu}" if sys.platform == "linux" else ""
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs{pinned}"
    return f"Python {platform.python_version()}, {libraries}; {system}; medians of {bench.runs} runs"


def _runner_table(bench: Bench, original: Path | None) -> str:
    programs = list(_programs(bench, original))
    bench.warm_up(programs)
    times, peaks = bench.times(programs), bench.peaks(programs)
    columns = [
        [[cost.cpu for cost in costs] for costs in times],
        [[cost.wall for cost in costs] for costs in times],
        peaks,
    ]
    return _table(("program", "CPU s", "wall s", "peak MiB"), programs, columns)


def _programs(bench: Bench, original: Path | None) -> Iterator[Program]:
    flags = ["--model", bench.model, "--dataset", bench.dataset, "--output_dir", str(bench.output)]
    plain = [str(HERE / "plain.py"), bench.model, bench.dataset, str(bench.output)]
    yield Program("plain script", [sys.executable, *plain])
    yield Program("this runner", [sys.executable, "-m", "predict", *flags], GOAL)
    if original:
        yield Program("original", [sys.executable, str(original.resolve()), *flags])


def _reading_table(bench: Bench) -> str:
    ways = {"`pd.read_parquet`": "pandas", "`frames.read_frame`": "frames", "neither: imports only": "nothing"}
    script = str(HERE / "reading.py")
    programs = [Program(name, [sys.executable, script, way, bench.dataset]) for name, way in ways.items()]
    bench.warm_up(programs)
    times = bench.times(programs)
    columns = [
        [[cost.cpu for cost in costs] for costs in times],
        [[cost.peak_rss / MIB for cost in costs] for costs in times],
    ]
    return _table(("reading alone", "CPU s", "peak MiB"), programs, columns)


def _table(head: Sequence[str], programs: Sequence[Program], columns: Sequence[Sequence[Sequence[float]]]) -> str:
    """Lay out figures by column, program and run; the first program is what the others are compared with."""
    lines = [_line([head[0], *(cell for name in head[1:] for cell in (name, "ratio")), "goal"])]
    lines.append(_line(["---"] + ["---:"] * (2 * len(columns)) + ["---"]))
    for row, program in enumerate(programs):
        cells = [cell for column in columns for cell in _cells(column[row], column[0])]
        lines.append(_line([program.name, *cells, program.goal]))
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(figures: Sequence[float], plain: Sequence[float]) -> tuple[str, str]:
    """Return the median, and the median of the ratios within each round: what slowed a round down slowed both."""
    middle = median(figures)
    ratio = median(figure / first for figure, first in zip(figures, plain, strict=True))
    return f"{middle:.3g}", f"{ratio:.2f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
