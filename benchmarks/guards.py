"""What do the guards cost? Prints Markdown; README.md tells how to read it."""

from __future__ import annotations

import argparse
import subprocess  # noqa: TID251  a benchmark starts programs
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cloudpickle
import psutil
from measure import run
from overhead import HERE, Bench, Column, Program, cpu_column, folder_for, machine, table, warm_up

GOAL = "CPU ≤ 1.05, wall ≤ 1.10"
WATCH_GOAL = "< 1 %"


def main(argv: Sequence[str]) -> int:
    """Measure and print."""
    arguments = _arguments(argv)
    with folder_for(arguments.keep) as folder:
        bench = Bench(folder, arguments.runs, arguments.cpu)
        run([sys.executable, str(HERE / "synthetic.py"), str(folder), "6700", "3555"], bench.cpu)
        run([sys.executable, "-m", "predict", "example", str(folder / "example")], bench.cpu)
        print(f"{machine(bench)}\n")
        print(_table(bench, "model that does nothing", bench.model, bench.dataset))
        example = folder / "example"
        print(_table(bench, "LightGBM model", str(example / "model_lightgbm.pkl"), str(example / "live.parquet")))
        print(f"Supervisor and keeper while a model runs: {_watching(bench, arguments.seconds)} (goal: {WATCH_GOAL})")
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="guards.py", description=__doc__)
    add = parser.add_argument
    add("--runs", type=int, default=9, help="measured runs of each program (default: %(default)s)")
    add("--cpu", type=int, default=0, help="the CPU that all programs run on, on Linux (default: %(default)s)")
    add("--seconds", type=float, default=60, help="how long the watched model runs (default: %(default)g)")
    add("--keep", type=Path, help="work in this folder and leave everything there")
    return parser.parse_args(argv)


def _table(bench: Bench, title: str, model: str, dataset: str) -> str:
    def program(guards: str, goal: str = "") -> Program:
        output = bench.folder / f"guards-{guards}"
        flags = ["--model", model, "--dataset", dataset, "--output_dir", str(output), "--guards", guards]
        return Program(f"guards {guards}", [sys.executable, "-m", "predict", *flags], output, goal)

    programs = [program("off"), program("strict", GOAL)]
    warm_up(bench, programs)
    times = bench.times(programs)
    wall = Column("wall s", ".2f", [[cost.wall for cost in costs] for costs in times])
    return table(title, programs, [cpu_column(times), wall])


def _watching(bench: Bench, seconds: float) -> str:
    """Let a model compute, and look at what whoever watches it takes meanwhile."""

    def spin(live_features: object) -> None:
        del live_features
        while True:
            sum(range(10_000))

    model = bench.folder / "spins.pkl"
    model.write_bytes(cloudpickle.dumps(spin))
    flags = ["--model", str(model), "--dataset", bench.dataset, "--output_dir", str(bench.folder)]
    program = [sys.executable, "-m", "predict", *flags, "--guards", "strict"]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None  # noqa: S101  it is a pipe
        next(line for line in process.stderr if "Predicting on" in line)
        watchers = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
        before = sum(map(_cpu_seconds, watchers))
        time.sleep(seconds)
        taken = sum(map(_cpu_seconds, watchers)) - before
        process.terminate()
    return f"{taken:.2f} CPU s in {seconds:g} s, {taken / seconds:.2%}"


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
