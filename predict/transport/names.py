"""Host names, which the C library resolves for as long as it likes, deaf to signals and to our deadlines."""

from __future__ import annotations

import _thread
import contextlib
import socket
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies

from predict.redaction import redacted

from .patience import Clock
from .terms import TransferError


def find(url: str, clock: Clock) -> None:
    """Wait until the host of a URL is known, as long as for a connection; who has a proxy leaves that to it.

    Raises:
        TransferError: nobody has told it in time.
    """
    with contextlib.suppress(ValueError):  # malformed: requests will say so
        host = urlsplit(url).hostname
        if host and not get_environ_proxies(url):
            _find(url, host, clock.timeouts()[0])


def _find(url: str, host: str, seconds: float) -> None:
    found: SimpleQueue[None] = SimpleQueue()
    _thread.start_new_thread(_look, (host, found))  # without locks of Python's, which a signal could leave locked
    try:
        found.get(timeout=seconds)
    except Empty:
        raise TransferError(f"{redacted(url)} has a name that nobody resolves", transient=True) from None


def _look(host: str, found: SimpleQueue[None]) -> None:
    with contextlib.suppress(OSError, UnicodeError):  # requests will say so too
        socket.getaddrinfo(host, None)
    found.put(None)
