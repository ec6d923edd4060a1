"""What its callers must know of a transfer; nothing here takes time to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from predict.printable import printable
from predict.redaction import scrub

ATTEMPTS = 10


class TransferError(Exception):
    """It did not come about, and why; the text has no secret in it.

    `status` is the HTTP status, if there was an answer. `transient`: it may be tried again. `wait`: seconds for which
    the server asked.
    """

    def __init__(self, what: str, *, status: int | None = None, transient: bool = False, wait: float = 0.0) -> None:
        super().__init__(scrub(printable(what)))
        self.status = status
        self.transient = transient
        self.wait = wait


@dataclass(frozen=True)
class Patience:
    """How long one transfer may take, with all its attempts, and how many these may be."""

    seconds: float = 300.0
    attempts: int = ATTEMPTS


@dataclass(frozen=True)
class Outgoing:
    """What is to be sent. Nothing of it is shown. `wanted`: how many bytes of the answer are of interest."""

    method: str
    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    wanted: int = 0
