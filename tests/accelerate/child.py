"""Starts fresh interpreters: one that LightGBM is replaced in, or that may crash, is no place for other tests."""

from __future__ import annotations

import os
import subprocess  # noqa: TID251  a test starts fresh interpreters
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def run(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a module of this package; it may fork, so LightGBM has no threads in it that it was not asked for."""
    found = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    variables = {**os.environ, "PYTHONPATH": found, "OMP_NUM_THREADS": "1"}
    program = [sys.executable, "-W", "ignore", "-m", module, *map(str, arguments)]
    return subprocess.run(program, env=variables, capture_output=True, text=True, errors="replace", check=False)
