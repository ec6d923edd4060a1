"""What was accelerated, and what was not: for the report."""

from __future__ import annotations

import threading

MOST_REASONS = 20
REASON_CAP = 200


class Tally:
    """Counts; any thread may add to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._boosters = self._trees = self._rows = 0
        self._declined: dict[str, int] = {}

    def serve(self, rows: int, trees: int = 0) -> None:
        """Rows that were predicted; by how many trees, the first time for a booster."""
        with self._lock:
            self._boosters += trees > 0
            self._trees += trees
            self._rows += rows

    def decline(self, reason: str) -> None:
        """Something that LightGBM itself did, and why."""
        reason = reason[:REASON_CAP]
        with self._lock:
            if reason in self._declined or len(self._declined) < MOST_REASONS:
                self._declined[reason] = self._declined.get(reason, 0) + 1

    def facts(self) -> dict[str, int | dict[str, int]]:
        """For the report: how many boosters predicted, their trees, the rows of all predictions, what was declined."""
        with self._lock:
            served: dict[str, int | dict[str, int]] = {"boosters": self._boosters, "trees": self._trees}
            return served | {"rows": self._rows, "declined": dict(self._declined)}
