"""Mutated answers: whatever a model sends, the supervisor reads it or refuses it, and lives."""

from __future__ import annotations

import subprocess  # noqa: TID251  what is tested is whether a process dies
import sys

STREAMS = 20_000

FUZZ = """
import random, sys
import pyarrow as pa
from predict.sandbox.arrow_stream import StreamError, read_stream

forms = [pa.schema([("id", pa.string()), ("value", kind)]) for kind in (pa.float64(), pa.string())]


def written(values):
    ids = [f"n{number:06x}" for number in range(60)]
    sink = pa.BufferOutputStream()
    table = pa.table({"id": ids, "value": values})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=25)
    return sink.getvalue().to_pybytes()


def mutated(stream, chance):
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        place = chance.randrange(len(stream) if chance.random() < 0.6 else 900)
        stream[place] = chance.choice([0, 1, 127, 128, 255, chance.randrange(256)])
    return bytes(stream[: chance.randrange(len(stream))] if chance.random() < 0.1 else stream)


whole = [written([number / 60 for number in range(60)]), written([str(number / 60) for number in range(60)])]
read = refused = 0
for seed in range(int(sys.argv[1])):
    chance = random.Random(seed)
    try:
        read_stream(mutated(bytearray(chance.choice(whole)), chance), forms).to_pydict()
        read += 1
    except StreamError:
        refused += 1
print(read, refused)
"""


def test_no_mutated_answer_ends_the_supervisor() -> None:
    ended = subprocess.run([sys.executable, "-c", FUZZ, str(STREAMS)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    read, refused = map(int, ended.stdout.split())
    assert read + refused == STREAMS
    assert min(read, refused) > STREAMS / 20, "the mutations miss what they should meet"
