"""The memory watch: what a tree of processes holds, forks counted once."""

from __future__ import annotations

import os
import signal  # noqa: TID251  it ends what it started
import subprocess  # noqa: TID251  a test starts real processes
import sys
from collections.abc import Iterator

import pytest

from predict.job import MIB
from predict.sandbox.limits import memory

HELD = 100 * MIB


def _holding(code: str) -> Iterator[int]:
    """Start a process that holds memory; wait until it says so."""
    full = f"import os, signal, sys\nheld = b'x' * {HELD}\n{code}\nprint('ready', flush=True)\nsignal.pause()"
    with subprocess.Popen([sys.executable, "-c", full], stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def with_forks() -> Iterator[int]:
    yield from _holding("for _ in range(4): os.fork() or signal.pause()")


@pytest.mark.skipif("sys.platform != 'linux'")
def test_the_tree_below_a_process_is_measured(with_forks: int) -> None:
    pids, use = memory.tree_use(with_forks)
    assert (len(pids), use.tasks) == (4, 4)
    assert 4 * HELD <= use.anonymous < 8 * HELD


def test_the_tree_is_measured_on_other_systems_too(with_forks: int) -> None:
    pids, use = memory.psutil_tree_use(with_forks)
    assert len(pids) == 4
    assert use.anonymous >= HELD


@pytest.mark.skipif("sys.platform != 'linux'")
def test_pages_that_forks_share_are_divided_when_it_matters(with_forks: int) -> None:
    pids, _ = memory.tree_use(with_forks)
    exact = memory.proportional([with_forks, *pids])
    assert exact is not None
    assert HELD <= exact < 2 * HELD


def test_a_process_that_is_gone_holds_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert memory.tree_use(process.pid) == ([], memory.Use())
    assert memory.psutil_tree_use(process.pid) == ([], memory.Use())
    assert sys.platform != "linux" or memory.proportional([process.pid]) == 0
