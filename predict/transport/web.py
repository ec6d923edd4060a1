"""GET, POST and PUT."""

from __future__ import annotations

import http
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import requests
import urllib3
from requests.auth import AuthBase

from predict import __version__
from predict.redaction import in_url, redacted, remember

from .names import find
from .patience import Clock, persist
from .problems import translated
from .refusals import sentence
from .terms import Outgoing, Patience, TransferError

TRANSIENT = {408, 425, 429}
ERROR_CAP = 64 * 1024  # bytes of a refusal that are read
HEADERS = {"User-Agent": f"numerai-predict/{__version__}"}
ENCODINGS = {"br", "zstd", "compress", "x-compress"}  # of RFC 9110 and after, that are not always known
BODY_GOES_ON = (307, 308)
MOST_HOPS = 5


@contextmanager
def get(url: str, clock: Clock, headers: Mapping[str, str], acceptable: tuple[int, ...]) -> Iterator[requests.Response]:
    """The answer to a GET, its body still to be read by `read`; redirects are followed.

    Raises:
        TransferError: another status than an acceptable one, or no answer.
    """
    with _session(url) as session:
        session.hooks["response"].append(_learn)
        find(url, clock)
        with translated(url):
            response = session.get(url, headers=dict(headers), stream=True, timeout=clock.timeouts())
        with response:
            if response.status_code not in acceptable:
                raise _refused(response)
            _refuse_unknown_encoding(response)
            yield response


def _refuse_unknown_encoding(response: requests.Response) -> None:
    """What needs a library that is not here would be written as it comes; what is no encoding at all is plain."""
    known = urllib3.HTTPResponse.CONTENT_DECODERS
    for encoding in response.headers.get("Content-Encoding", "").lower().split(","):
        if encoding.strip() in ENCODINGS and encoding.strip() not in known:
            what = f"{redacted(response.url)} sends Content-Encoding {encoding.strip()}, which cannot be decoded here"
            raise TransferError(what)


def read(response: requests.Response, size: int) -> Iterator[bytes]:
    """The body, decoded, in pieces as they come.

    Raises:
        TransferError: it breaks off, or is not what its Content-Encoding says.
    """
    with translated(response.url):
        while data := response.raw.read1(size, decode_content=True):
            yield data


def send(outgoing: Outgoing, patience: Patience) -> bytes:
    """Send a body until a 2xx answers; return what of that is wanted. 307 and 308 are followed with the body.

    Raises:
        TransferError: the server refuses, or never answers.
    """
    return persist(outgoing.url, patience, lambda clock: _send(outgoing, clock))


def _send(outgoing: Outgoing, clock: Clock, hops: int = MOST_HOPS) -> bytes:
    url = outgoing.url
    find(url, clock)
    with _session(url) as session, translated(url):
        options: dict[str, Any] = {"allow_redirects": False, "stream": True, "timeout": clock.timeouts()}
        headers = dict(outgoing.headers)
        with session.request(outgoing.method, url, data=outgoing.body, headers=headers, **options) as response:
            target = session.get_redirect_target(response)
            if target is None:
                return _answer(response, outgoing.wanted)
            status, where = response.status_code, requests.compat.urljoin(url, target)
    remember(in_url(where))
    if status not in BODY_GOES_ON or not hops or _is_less_safe(url, where):
        what = f"{redacted(url)} answered {status} and points to {redacted(where)}, where it cannot be sent on"
        raise TransferError(what, status=status)
    return _send(replace(outgoing, url=where, headers=_for(where, outgoing)), clock, hops - 1)


def _for(where: str, outgoing: Outgoing) -> dict[str, str]:
    """What goes along to another place: no key."""
    here = requests.compat.urlsplit(outgoing.url)[:2] == requests.compat.urlsplit(where)[:2]
    return {name: value for name, value in outgoing.headers.items() if here or name != "Authorization"}


def _answer(response: requests.Response, wanted: int) -> bytes:
    if not http.HTTPStatus.OK <= response.status_code < http.HTTPStatus.MULTIPLE_CHOICES:
        raise _refused(response)
    said: bytes = response.raw.read(wanted, decode_content=True) if wanted else b""
    return said


def _is_less_safe(before: str, after: str) -> bool:
    return before.lower().startswith("https:") and not after.lower().startswith("https:")


def form(fields: list[tuple[str, str]], name: str, data: bytes, kind: str) -> tuple[bytes, dict[str, str]]:
    """A multipart form, its fields first and in order, then `file`; and the header that it needs."""
    prepared = requests.Request("POST", "http://form", data=fields, files={"file": (name, data, kind)}).prepare()
    assert isinstance(prepared.body, bytes)  # noqa: S101  requests joins what is in memory
    return prepared.body, {"Content-Type": str(prepared.headers["Content-Type"])}


class _NoPassword(AuthBase):
    """Keeps ~/.netrc out of it: a second authorization makes a store refuse a presigned URL."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _session(url: str) -> requests.Session:
    remember(in_url(_as_sent(url)))
    session = requests.Session()
    session.headers.update(HEADERS)
    session.auth = None if "@" in url.partition("?")[0] else _NoPassword()
    return session


def _as_sent(url: str) -> str:
    """A URL in the spelling that requests and urllib3 give it, in which a server may quote it."""
    try:
        return urllib3.util.parse_url(str(requests.Request("GET", url).prepare().url)).url
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError):
        return url  # nobody will be asked


def _learn(response: requests.Response, **_: Any) -> None:
    """A redirect's target may be a presigned URL too."""
    where = requests.compat.urljoin(response.url, response.headers.get("Location", ""))
    remember(in_url(where) | in_url(_as_sent(where)))


def _refused(response: requests.Response) -> TransferError:
    status = response.status_code
    with translated(response.url):
        said = sentence(response.raw.read(ERROR_CAP, decode_content=True) or b"", response.encoding).rstrip(".")
    phrase = http.HTTPStatus(status).phrase if status in set(http.HTTPStatus) else response.reason or ""
    transient = status in TRANSIENT or status >= http.HTTPStatus.INTERNAL_SERVER_ERROR
    what = f"{redacted(response.url)} answered {status} {phrase}".rstrip() + (f": {said}" if said else "")
    return TransferError(what, status=status, transient=transient, wait=_asked_for(response))


def _asked_for(response: requests.Response) -> float:
    """Seconds of a Retry-After, which may be a date."""
    try:
        return max(0.0, urllib3.Retry().parse_retry_after(response.headers.get("Retry-After", "0")))
    except (urllib3.exceptions.InvalidHeader, OverflowError, ValueError):
        return 0.0
