"""What a trace tells a person: the model's own lines."""

from __future__ import annotations

import itertools

from predict.printable import printable

OURS = "/sandbox/worker/"


def of_the_model(dump: str) -> str | None:
    """A dump of faulthandler without our own frames and its list of extension modules."""
    lines = [line for line in dump.splitlines() if OURS not in line and not line.startswith("Extension modules:")]
    return "\n".join(lines).strip() or None


def place_in_dump(dump: str) -> str:
    """The innermost Python line of the thread that crashed, or that was asked where it is."""
    _, _, current = (of_the_model(dump) or "").partition("Current thread ")
    lines = itertools.takewhile(lambda line: line.strip(), current.splitlines()[1:])
    frames = [line.strip() for line in lines if line.startswith("  File ")]
    return f", at {frames[0].removeprefix('File ')}" if frames else ""


def place_in_traceback(trace: str) -> str:
    """The innermost line of a traceback."""
    frames = [line.strip() for line in trace.splitlines() if line.startswith("  File ")]
    return printable(f", at {frames[-1].removeprefix('File ')}") if frames else ""
