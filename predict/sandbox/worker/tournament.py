"""What the request tells of the tournament: names to read and to encode by. The rules are the supervisor's."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Tournament:
    """One of Numerai's tournaments, as far as the worker must know it (`predict/tournaments.py`)."""

    ids: list[str]
    values: list[str]
    dropped: list[str]
    index: str | None
    minimum: int | None

    @classmethod
    def from_json(cls, text: bytes) -> Tournament:
        """What the supervisor wrote."""
        return cls(**json.loads(text))

    def find(self, names: list[str]) -> tuple[int | None, int | None]:
        """Where an answer has its ids, None for the index; and its values, None if it has no column for them."""
        ids = None if self.index else next((place for place, name in enumerate(names) if name in self.ids), None)
        rest = [place for place, name in enumerate(names) if place != ids and name not in self.dropped]
        named = [names.index(name) for name in self.values if name in names]
        return ids, next(iter([*named, *rest]), None)
