"""Text from strangers, made harmless for terminals and logs."""

from __future__ import annotations


def printable(text: str) -> str:
    """Show what a terminal or a log reader would obey as an escape sequence instead."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)
