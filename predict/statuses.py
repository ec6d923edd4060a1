"""Tell whoever waits, by HTTP, what a run has come to: best effort, beside the run, in its order."""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from typing import Any

from predict.interrupt import shielded
from predict.transport import Outgoing, Patience, TransferError

logger = logging.getLogger(__name__)

PATIENCE = Patience(4.0, attempts=2)


class Statuses:
    """Posts to a URL, or nowhere. Nothing that happens there changes a verdict."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._waiting: deque[dict[str, Any]] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._sequence = 0
        self._failed = False
        self._thread: threading.Thread | None = None

    def post(self, status: dict[str, Any]) -> None:
        """Post one after those before it, without waiting for that."""
        if self._url is None:
            return
        self._sequence += 1
        with shielded():  # a thread half started, or a lock half taken, would stay so
            with self._changed:
                self._waiting.append({"sequence": self._sequence, **status})
                self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, args=(self._url,), daemon=True)
                self._thread.start()

    def close(self, seconds: float) -> None:
        """Wait for the last one, but no longer; those between that did not get their turn are left out."""
        if self._thread is None:
            return
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(seconds)
        if self._thread.is_alive():
            logger.warning("The status URL has not answered in time; the run goes on without it.")

    def _work(self, url: str) -> None:
        while (status := self._next()) is not None:
            # A thread for each: one whose answer drips for ever must not hold up those after it.
            sending = threading.Thread(target=self._send, args=(url, json.dumps(status).encode()), daemon=True)
            sending.start()
            sending.join(PATIENCE.seconds)

    def _send(self, url: str, body: bytes) -> None:
        from predict.transport.web import send

        try:
            send(Outgoing("POST", url, body, {"Content-Type": "application/json"}), PATIENCE)
        except TransferError as error:
            if not self._failed:
                logger.warning("A status was not taken: %s", error)
            self._failed = True

    def _next(self) -> dict[str, Any] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            while self._closing and len(self._waiting) > 1:
                self._waiting.popleft()
            return self._waiting.popleft() if self._waiting else None
