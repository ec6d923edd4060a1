"""The memory watch: what a tree of processes holds, forks counted once."""

from __future__ import annotations

import os
import signal  # noqa: TID251  it ends what it started
import subprocess  # noqa: TID251  a test starts real processes
import sys
from collections.abc import Callable, Iterator

import pytest

from predict.job import MIB
from predict.sandbox.limits.memory import psutil_tree_memory, tree_memory

HELD = 100 * MIB
SOURCES = [
    pytest.param(
        lambda pid: tree_memory(pid, 10 * HELD), id="proc", marks=pytest.mark.skipif("sys.platform != 'linux'")
    ),
    pytest.param(psutil_tree_memory, id="psutil"),
]
Source = Callable[[int], int]


def _holding(code: str) -> Iterator[int]:
    """Start a process that holds memory; wait until it says so."""
    full = f"import os, signal, sys\nheld = b'x' * {HELD}\n{code}\nprint('ready', flush=True)\nsignal.pause()"
    with subprocess.Popen([sys.executable, "-c", full], stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def alone() -> Iterator[int]:
    yield from _holding("")


@pytest.fixture
def with_forks() -> Iterator[int]:
    yield from _holding("for _ in range(4): os.fork() or signal.pause()")


@pytest.mark.parametrize("source", SOURCES)
def test_one_process_is_measured(source: Source, alone: int) -> None:
    assert HELD <= source(alone) < 2 * HELD


@pytest.mark.skipif("sys.platform != 'linux'")
def test_pages_that_forks_share_are_counted_once_when_it_matters(with_forks: int) -> None:
    assert HELD <= tree_memory(with_forks, limit=2 * HELD) < 2 * HELD


@pytest.mark.parametrize("source", SOURCES)
def test_a_process_that_is_gone_holds_nothing(source: Source) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert source(process.pid) == 0
