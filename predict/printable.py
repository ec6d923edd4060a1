"""Text from strangers, made harmless for terminals and logs."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN, LENGTH = 3, 100


def printable(text: str) -> str:
    """Show what a terminal or a log reader would obey as an escape sequence instead."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def examples(items: Sequence[object], count: int | None = None, *, quote: bool = True) -> str:
    """Show the first few of `count` items."""
    shown = ", ".join((repr(item) if quote else str(item))[:LENGTH] for item in items[:SHOWN])
    return f"{shown}, …" if (count or len(items)) > SHOWN else shown
