"""Describe what went wrong, without trusting what describes it."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEXT_CAP = 4_000
CHAIN_CAP = 5
FRAMES_CAP = 50
OURS = str(Path(__file__).parent)


class Refused(Exception):
    """Not a model, or not an answer: `reason` is the verdict's slug."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def a(name: str) -> str:
    """Put the article before a name."""
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def refusal(error: Refused) -> dict[str, Any]:
    """Message for what is not a model, or not an answer."""
    return {"type": "refused", "reason": error.reason, "text": str(error)[:TEXT_CAP]}


def describe(error: BaseException, phase: str) -> dict[str, Any]:
    """Message for an exception; its methods are the model's code and may raise, or return 200 MB."""
    if isinstance(error, MemoryError):  # let go of what the model holds: describing takes memory too
        traceback.clear_frames(error.__traceback__)
    return {
        "type": "failed",
        "phase": phase,
        "kinds": [kind.__name__[:100] for kind in type(error).__mro__][:20],
        "text": _text(error),
        "module": str(error.name or "")[:200] if isinstance(error, ImportError) else "",
        "trace": "".join(_trace(error))[-4 * TEXT_CAP :],
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)[:TEXT_CAP]
    except BaseException as nested:  # noqa: BLE001  the model's own __str__ must not hide what it raised
        return f"<its __str__ raised {type(nested).__name__}>"


def _trace(error: BaseException) -> Iterator[str]:
    """Format the chain of exceptions as Python does, without the worker's own frames."""
    for link in _chain(error):
        frames = [frame for frame in traceback.extract_tb(link.__traceback__) if not frame.filename.startswith(OURS)]
        if frames:
            yield "Traceback (most recent call last):\n"
            yield from traceback.format_list(frames[-FRAMES_CAP:])
        yield f"{type(link).__name__}: {_text(link)}\n"


def _chain(error: BaseException) -> list[BaseException]:
    """The exception and what led to it, oldest first; a chain may be a ring, or endless."""
    chain = [error]
    while len(chain) < CHAIN_CAP:
        last = chain[-1]
        before = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if before is None or any(before is link for link in chain):
            break
        chain.append(before)
    return chain[::-1]
