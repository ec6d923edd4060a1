"""Describe what went wrong, without trusting what describes it."""

from __future__ import annotations

import contextlib
import linecache
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEXT_CAP = 4_000
NAME_CAP = 100
KINDS_CAP = 20
CHAIN_CAP = 5
FRAMES_CAP = 50
OURS = str(Path(__file__).parent)
CYTHON = (".pyx", ".pxi")  # compiled: their paths are relative to wherever that was
INSTALLED = (OURS, sys.base_prefix, sys.prefix, "<frozen ")


class Refused(Exception):
    """Not a model, or not an answer: `reason` is the verdict's slug."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def with_article(name: str) -> str:
    """Put the article before a name."""
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def plain(value: object, cap: int | None = None) -> str:
    """A text that is one: methods of a str subclass are not asked, and lone surrogates are shown."""
    text = str.__str__(value if isinstance(value, str) else str(value))
    return text[:cap].encode("utf-8", "backslashreplace").decode()


def refusal(error: Refused) -> dict[str, Any]:
    """Message for what is not a model, or not an answer."""
    return {"type": "refused", "reason": error.reason, "text": plain(error, TEXT_CAP)}


def describe(error: BaseException, phase: str) -> dict[str, Any]:
    """Message for an exception; its methods are the model's code: they may raise, or return 200 MB."""
    if isinstance(error, MemoryError):  # let go of what the model holds: describing takes memory too
        traceback.clear_frames(error.__traceback__)
    facts = {"type": "failed", "phase": phase, "kinds": ["Exception"], "text": "", "module": "", "inside": True}
    facts |= {"trace": ""}
    for name, tell in (("kinds", _kinds), ("text", _text), ("module", _module), ("inside", _inside), ("trace", _trace)):
        with contextlib.suppress(BaseException):  # what cannot be told is left out; the rest is still true
            facts[name] = tell(error)
    return facts


def _kinds(error: BaseException) -> list[str]:
    return [_name(kind) for kind in type(error).__mro__][:KINDS_CAP]


def _name(kind: type) -> str:
    """The true name: a metaclass can lie about it."""
    name = plain(type.__dict__["__qualname__"].__get__(kind), NAME_CAP)
    module = plain(type.__dict__["__module__"].__get__(kind), NAME_CAP)
    return name if module == "builtins" else f"{module}.{name}"


def _text(error: BaseException) -> str:
    try:
        return plain(error, TEXT_CAP)
    except BaseException as nested:  # noqa: BLE001  the model's own __str__ must not hide what it raised
        return f"<its __str__ raised {_name(type(nested))}>"


def _module(error: BaseException) -> str:
    return plain(error.name or "", NAME_CAP) if isinstance(error, ImportError) else ""


def _inside(error: BaseException) -> bool:
    """Whether the model's own code raised it, rather than a library or the unpickler on a damaged file."""
    return not all(file.startswith(INSTALLED) or file.endswith(CYTHON) for file, _, _ in _frames(error))


def _trace(error: BaseException) -> str:
    """Format the chain of exceptions as Python does, without the worker's own frames."""
    return "".join(part for link in _chain(error) for part in _format(link))[-4 * TEXT_CAP :]


def _format(error: BaseException) -> Iterator[str]:
    frames = [frame for frame in _frames(error) if not frame[0].startswith(OURS)]
    if frames:
        yield "Traceback (most recent call last):\n"
    for file, line, name in frames[-FRAMES_CAP:]:
        yield f'  File "{file}", line {line}, in {name}\n'
        source = linecache.getline(file, line).strip() if Path(file).is_file() else ""  # it may name /dev/zero
        yield f"    {source}\n" if source else ""
    text = _text(error)
    name = _name(type(error)).removeprefix("__main__.")
    yield f"{name}: {text}\n" if text else f"{name}\n"


def _frames(error: BaseException) -> list[tuple[str, int, str]]:
    walked = traceback.walk_tb(error.__traceback__)
    return [(plain(frame.f_code.co_filename), line, plain(frame.f_code.co_name)) for frame, line in walked]


def _chain(error: BaseException) -> list[BaseException]:
    """The exception and what led to it, oldest first; a chain may be a ring, or endless."""
    chain = [error]
    while len(chain) < CHAIN_CAP:
        last = chain[-1]
        before = last.__context__ if last.__cause__ is None and not last.__suppress_context__ else last.__cause__
        if before is None or any(before is link for link in chain):
            break
        chain.append(before)
    return chain[::-1]
