"""The channel's bytes: whole messages or a ProtocolError, however they are cut."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predict.sandbox.messages import Accelerated, Answer, Phase, ProtocolError, Reader, Refused

MESSAGES = [
    (Phase("load"), b""),
    (Answer(["prediction"], 1, "float64", numeric=True, bytes=5), b"a\nb\0c"),
    (Accelerated(3, 2_000, 13_400, {"linear trees": 1}), b""),
    (Refused("not_callable", "é\n"), b""),
    (Answer([], 0, "none", numeric=True, bytes=0), b""),
]
STREAM = b"".join(msgspec.json.encode(message) + b"\n" + payload for message, payload in MESSAGES)


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_messages_are_the_same_however_the_bytes_come(cuts: list[int]) -> None:
    reader = Reader(payload_cap=100)
    edges = [0, *sorted(cuts), len(STREAM)]
    read = [message for start, end in itertools.pairwise(edges) for message in reader.feed(STREAM[start:end])]
    assert read == MESSAGES


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"[]",
        b"{}",
        b'{"type": "nonsense"}',
        b'{"type": "phase", "name": "forged"}',
        b'{"type": "phase"}',
        b'{"type": "answer", "columns": [], "count": -1, "dtype": "", "numeric": true, "bytes": 0}',
        b'{"type": "refused", "reason": "dataset_unavailable", "text": ""}',
        b'{"type": "unusable", "what": "dataset", "text": "' + b"x" * 9_000 + b'"}',
        b'{"type": "unusable", "what": "dataset", "text": "\xff"}',
        b'{"type": "failed", "phase": "load", "kinds": [], "text": "", "module": "", "inside": true, "trace": ""}',
        b'{"type": "accelerated", "boosters": 1, "trees": -1, "rows": 1, "declined": {}}',
        b'{"type": "accelerated", "boosters": 1, "trees": 1, "rows": 1, "declined": {"linear": 0.5}}',
        b'{"type": "accelerated", "boosters": 1, "trees": 1, "rows": 1, "declined": {"' + b"x" * 201 + b'": 1}}',
        msgspec.json.encode(Accelerated(1, 1, 1, {str(number): 1 for number in range(21)})),
        b"[" * 100_000,
    ],
)
def test_anything_else_is_a_protocol_error(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(Reader(payload_cap=100).feed(line + b"\n"))


def test_a_line_without_end_is_a_protocol_error() -> None:
    with pytest.raises(ProtocolError):
        list(Reader(payload_cap=100).feed(b"x" * 2_000_000))


def test_what_comes_before_a_wrong_message_still_counts() -> None:
    messages = Reader(payload_cap=100).feed(STREAM + b"hello\n")
    assert [next(messages) for _ in MESSAGES] == MESSAGES
    with pytest.raises(ProtocolError):
        next(messages)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    reader = Reader(payload_cap=100)
    try:
        list(reader.feed(data + b"\n"))
    except ProtocolError as error:
        assert str(error)  # noqa: PT017  either outcome is right: the law is "messages or this"


def test_a_payload_above_the_cap_is_told_before_it_is_read() -> None:
    reader = Reader(payload_cap=100)
    line = msgspec.json.encode(Answer([], 0, "", numeric=True, bytes=101))
    assert list(reader.feed(line + b"\n")) == []
    assert reader.too_large
