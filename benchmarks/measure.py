"""Run a program to its end and measure what its whole process tree cost.

This process stays small on purpose: Linux counts the memory of whoever starts a program in its `ru_maxrss`.
"""

from __future__ import annotations

import os
import subprocess  # noqa: TID251  a benchmark starts programs
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import psutil

ROOT = Path(__file__).resolve().parent.parent
BETWEEN_SAMPLES = 0.01


@dataclass(frozen=True)
class Cost:
    """What one run took: `cpu` is user and system time of the tree, `peak_rss` the bytes of its largest process."""

    cpu: float
    wall: float
    peak_rss: int


def run(command: Sequence[str], cpu: int) -> Cost:
    """Run a command undisturbed on one CPU and take its times."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = _start(command, cpu, output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        _demand_success(process, output)
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * unit)


def peak_memory(command: Sequence[str], cpu: int) -> int:
    """Run a command and return the most bytes that its tree held at one moment; looking on makes it slower."""
    peak = 0
    with tempfile.TemporaryFile() as output:
        process = _start(command, cpu, output)
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(BETWEEN_SAMPLES)
        _demand_success(process, output)
    return peak


def tree_memory(pid: int) -> int:
    """Bytes that a process and its descendants hold now, pages that they share counted once."""
    try:
        leader = psutil.Process(pid)
        return sum(map(_held, [leader, *leader.children(recursive=True)]))
    except psutil.NoSuchProcess:  # the program ended while we looked
        return 0


def _held(process: psutil.Process) -> int:
    try:
        return _proportional(process) if sys.platform == "linux" else int(process.memory_info().rss)
    except (OSError, psutil.Error):  # it ended while we looked
        return 0


def _proportional(process: psutil.Process) -> int:
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _start(command: Sequence[str], cpu: int, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a command with this checkout importable; its output is kept only to be shown when it fails."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=ROOT,  # `-m predict` looks there first
        env=os.environ | {"PYTHONPATH": path},
        preexec_fn=partial(_pin, cpu),  # noqa: PLW1509  there are no threads here
    )


def _pin(cpu: int) -> None:
    if sys.platform == "linux":  # elsewhere a process cannot choose its CPU
        os.sched_setaffinity(0, {cpu})


def _demand_success(process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
    if process.returncode == 0:
        return
    output.seek(0)
    sys.stderr.write(output.read().decode(errors="replace"))
    sys.exit(f"exit code {process.returncode}, so nothing was measured")
