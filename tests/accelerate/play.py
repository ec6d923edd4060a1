"""Plays all cases in a process of its own, with the kernel or without, and writes what came out: its main program."""

from __future__ import annotations

import functools
import pickle
import sys
from pathlib import Path
from typing import Any

import accelerate.bare  # noqa: F401  before what is under test
from predict.sandbox.worker.accelerate import Tally, switch_on


def play(folder: Path, tally: Tally | None) -> dict[str, tuple[Any, int]]:
    """What each case comes out as, and how many rows the kernel predicted for it."""
    from accelerate.cases import OWN, REFUSED, SERVED
    from accelerate.doing import Made
    from accelerate.exact import outcome

    played = {}
    for name, case in {**SERVED, **OWN, **REFUSED}.items():
        before = rows(tally)
        played[name] = (outcome(functools.partial(case, Made(folder))), rows(tally) - before)
    return played


def rows(tally: Tally | None) -> int:
    """How many rows the kernel has predicted."""
    number = tally.facts()["rows"] if tally else 0
    assert isinstance(number, int)
    return number


if __name__ == "__main__":
    folder, out, how = sys.argv[1:]
    Path(out).write_bytes(pickle.dumps(play(Path(folder), switch_on(2) if how == "fast" else None)))
