"""What a trace tells a person: the model's own lines."""

from __future__ import annotations

import itertools

from predict.printable import printable

OURS = "/sandbox/worker/"
KERNEL = f"{OURS}accelerate/forest.py"


def of_the_model(dump: str) -> str | None:
    """A dump of faulthandler without our own frames and its list of extension modules."""
    lines = [line for line in dump.splitlines() if OURS not in line and not line.startswith("Extension modules:")]
    return "\n".join(lines).strip() or None


def place_in_dump(dump: str) -> str:
    """The innermost Python line of the thread that crashed, or that was asked where it is."""
    frames = _frames(of_the_model(dump) or "")
    return f", at {frames[0].removeprefix('File ')}" if frames else ""


def crashed_in_kernel(dump: str) -> bool:
    """Whether the thread that crashed was in our kernel, and not in LightGBM, which is called beside it."""
    return any(KERNEL in frame for frame in _frames(dump)[:1])


def _frames(dump: str) -> list[str]:
    """Where the thread is that the dump is about, innermost first."""
    _, _, current = dump.partition("Current thread ")
    lines = itertools.takewhile(lambda line: line.strip(), current.splitlines()[1:])
    return [line.strip() for line in lines if line.startswith("  File ")]


def place_in_traceback(trace: str) -> str:
    """The innermost line of a traceback."""
    frames = [line.strip() for line in trace.splitlines() if line.startswith("  File ")]
    return printable(f", at {frames[-1].removeprefix('File ')}") if frames else ""
