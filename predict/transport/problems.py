"""What requests and urllib3 say, in words of ours: without the URL that they quote."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
import urllib3

from predict.redaction import redacted

from .terms import TransferError


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Raise a TransferError for what they raise.

    Raises:
        TransferError: transient, unless the URL or the certificate is wrong.
    """
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise _problem(url, error) from None


def _problem(url: str, error: Exception) -> TransferError:
    causes = list(_causes(error))
    where = redacted(url)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TransferError(f"{where} shows a certificate that is not trusted: {cause.verify_message}")
    if isinstance(error, requests.TooManyRedirects):
        return TransferError(f"{where} leads round in a circle of redirects")
    if isinstance(error, ValueError) and not isinstance(error, requests.exceptions.JSONDecodeError):
        return TransferError(f"{where} is not a URL that can be asked")  # InvalidURL, MissingSchema and their kin
    return TransferError(f"{where} {_words(causes)}", transient=True)


def _words(causes: list[BaseException]) -> str:
    for kinds, words in _WORDS:
        if any(isinstance(cause, kinds) for cause in causes):
            return words
    system = [cause for cause in causes if isinstance(cause, OSError) and cause.strerror]
    return f"cannot be reached: {system[-1].strerror}" if system else "broke the connection off"


_WORDS: list[tuple[tuple[type[BaseException], ...], str]] = [
    ((urllib3.exceptions.NameResolutionError,), "has a name that cannot be resolved"),
    ((requests.ConnectTimeout,), "takes no connection"),
    ((urllib3.exceptions.ReadTimeoutError, TimeoutError), "has stopped answering"),
    ((urllib3.exceptions.DecodeError,), "sends what its Content-Encoding does not decode"),
    ((urllib3.exceptions.IncompleteRead,), "broke off before the end"),
    ((ssl.SSLError,), "broke its TLS connection"),
]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what lies under it, wherever requests and urllib3 put that."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
