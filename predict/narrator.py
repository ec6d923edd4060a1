"""Tell log and events what the worker says that it does, and what the model prints."""

from __future__ import annotations

import logging

from predict.account import Account
from predict.sandbox import BenchmarksDiffer, Message, Phase, Ready, Request

logger = logging.getLogger(__name__)


class Narrator:
    """Takes the worker's messages."""

    def __init__(self, request: Request, account: Account) -> None:
        self._request = request
        self._account = account
        self._rows = 0

    def __call__(self, message: Message) -> None:
        """Take one message as it comes."""
        match message:
            case Ready(rows=rows):
                self._rows = rows
            case Phase(name=name):
                self._account.events.phase(name)
                self._log(name)
            case BenchmarksDiffer(missing=missing, extra=extra, repeated=repeated):
                differences = f"lack {missing} live ids, have {extra} others, and {repeated} more than once"
                self._account.warn(f"The benchmarks {differences}; the model gets them unchanged.")

    def _log(self, phase: str) -> None:
        match phase:
            case "load":
                logger.info("Loading model %s", self._request.model)
            case "read":
                logger.info("Loading live features %s", self._request.features)
            case "benchmarks":
                logger.info("Using local %s for live data", self._request.benchmarks)
                logger.info("Loading live features %s", self._request.benchmarks)
            case "call":
                logger.info("Predicting on %d rows of live features", self._rows)


def say(stream: str, line: str) -> None:
    """Log a line that the model printed."""
    logger.info("model %s: %s", stream, line)
