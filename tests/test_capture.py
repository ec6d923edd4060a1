"""What a model prints: bounded, escaped, by line."""

from __future__ import annotations

import pytest

from predict.printable import printable
from predict.sandbox.capture import KEPT, Capture, Tail


def _said(*chunks: bytes) -> list[str]:
    lines: list[str] = []
    capture = Capture(lines.append)
    for chunk in chunks:
        capture.feed(chunk)
    capture.close()
    return lines


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([b""], []),
        ([b"one\ntwo\n"], ["one", "two"]),
        ([b"on", b"e\r\nt", b"wo"], ["one", "two"]),
        ([b"\n\n"], ["", ""]),
        ([b"\x1b[31mred\x07\n"], ["\\x1b[31mred\\x07"]),
        ([b"caf\xc3", b"\xa9\n"], ["café"]),
        ([b"\xff\n"], ["�"]),
        (["\u202ereversed\n".encode()], ["\\u202ereversed"]),
    ],
)
def test_output_is_said_by_line_and_escaped(chunks: list[bytes], lines: list[str]) -> None:
    assert _said(*chunks) == lines


def test_lines_are_said_as_soon_as_they_are_whole() -> None:
    lines: list[str] = []
    capture = Capture(lines.append)
    capture.feed(b"first\nsec")
    assert lines == ["first"]


@pytest.mark.parametrize("size", [1, 1000, 10**6])
def test_of_a_flood_first_and_last_are_kept_and_the_rest_counted(size: int) -> None:
    flood = b"".join(b"%06d\n" % number for number in range(100_000))
    lines = _said(*(flood[start : start + size] for start in range(0, len(flood), size)))
    kept = sum(len(line) + 1 for line in lines)
    assert lines[0] == "000000"
    assert lines[-1] == "099999"
    assert kept < 2 * KEPT + 100
    assert f"[{len(flood) - 2 * KEPT} bytes dropped]" in lines


def test_just_over_the_first_part_nothing_is_dropped() -> None:
    text = b"x" * 100 + b"\n"
    flood = text * (KEPT // len(text) + 10)
    assert _said(flood) == [text.decode().strip()] * (KEPT // len(text) + 10)


def test_a_line_without_end_is_cut() -> None:
    assert _said(b"x" * 10_000) == ["x" * 2_000 + " [8000 characters cut]"]


def test_a_tail_keeps_the_end() -> None:
    tail = Tail(5)
    tail.feed(b"hello")
    tail.feed(b" world")
    assert tail.text == "world"


def test_printable_keeps_text_and_shows_the_rest() -> None:
    assert printable("a\tb\nc é\0\x9b") == "a\tb\nc é\\x00\\x9b"
