"""Plays all cases in a process of its own, with the kernel or without, and writes what came out: its main program."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import accelerate.bare
from predict.sandbox.worker.accelerate import switch_on


def play(folder: Path, *, fast: bool) -> dict[str, tuple[Any, int]]:
    """What each case comes out as, and how many rows the kernel predicted for it."""
    tally = switch_on(2) if fast else None

    from accelerate.cases import OWN, REFUSED, SERVED, Made
    from accelerate.exact import exact, outcome

    def rows() -> int:
        return int(tally.facts()["rows"]) if tally else 0

    played = {}
    for name, case in {**SERVED, **OWN, **REFUSED}.items():
        before = rows()
        played[name] = (outcome(lambda case=case: case(Made(folder))), rows() - before)
    return {**played, "": (exact(tally.facts()) if tally else None, rows())}


if __name__ == "__main__":
    assert accelerate.bare
    folder, out, fast = sys.argv[1:]
    Path(out).write_bytes(pickle.dumps(play(Path(folder), fast=fast == "fast")))
