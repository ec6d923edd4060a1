"""What a trace tells a person: the model's own lines."""

from __future__ import annotations

from predict.printable import printable

OURS = "/sandbox/worker/"
KERNEL = f"{OURS}accelerate/forest.py"


def of_the_model(dump: str) -> str | None:
    """A dump of faulthandler without our own frames and its list of extension modules."""
    lines = [line for line in dump.splitlines() if OURS not in line and not line.startswith("Extension modules:")]
    return "\n".join(lines).strip() or None


def place_in_dump(dump: str) -> str:
    """The innermost Python line of the thread that crashed, or that was asked where it is."""
    _, _, current = (of_the_model(dump) or "").partition("Current thread ")
    frames = _frames(current.partition("\n\n")[0])
    return f", at {frames[0].removeprefix('File ')}" if frames else ""


def crashed_in_kernel(dump: str) -> bool:
    """Whether the thread that crashed was in our kernel, and not in LightGBM, which is called beside it.

    A thread of the kernel's own is none of Python's: then none is current, and one waits in the kernel.
    """
    threads = dump.split("\n\n")
    current = [thread for thread in threads if "Current thread " in thread]
    return any(KERNEL in frame for thread in current or threads for frame in _frames(thread)[:1])


def _frames(thread: str) -> list[str]:
    """Where a thread is, innermost first."""
    return [line.strip() for line in thread.splitlines() if line.startswith("  File ")]


def place_in_traceback(trace: str) -> str:
    """The innermost line of a traceback."""
    frames = [line.strip() for line in trace.splitlines() if line.startswith("  File ")]
    return printable(f", at {frames[-1].removeprefix('File ')}") if frames else ""
