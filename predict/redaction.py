"""What must not be seen: presigned URLs, form fields and keys, taken out of whatever is told."""

from __future__ import annotations

import ipaddress
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

MALFORMED = "a malformed URL"
SHOWN = "…"
SHORTEST = 8  # of a secret in a query or form; shorter values are words that a message needs
SCHEMES = ("http", "https", "s3", "gs")


def redacted(url: str) -> str:
    """A URL without what may be a secret: user, password, query and fragment; nothing of one that is malformed."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        if "[" in parts.netloc:  # only newer Pythons look at what stands in the brackets
            ipaddress.IPv6Address(parts.hostname or "")
    except ValueError:  # its text quotes the URL
        return MALFORMED
    if parts.scheme not in SCHEMES or not parts.hostname:
        return MALFORMED
    return urlunsplit((parts.scheme, parts.hostname + port, parts.path, "", ""))


def in_url(url: str) -> set[str]:
    """The secrets in a URL: its query whole and by value, user, password and fragment, as written and as meant."""
    if url == redacted(url):
        return set()
    try:
        parts = urlsplit(url)
        texts = {url, parts.query, parts.fragment, parts.username, parts.password} | in_form(parts.query)
    except ValueError:
        return {url}
    return {text for text in texts if text and len(text) >= SHORTEST}


def in_form(fields: str) -> set[str]:
    """The secrets in url-encoded fields: all of them together, and each value."""
    values = {value for _, value in parse_qsl(fields)} | {part.partition("=")[2] for part in fields.split("&")}
    return {text for value in values | {fields} for text in (value, unquote(value)) if len(text) >= SHORTEST}


class _Known:
    """Of the whole process, as its log is."""

    secrets: tuple[str, ...] = ()


def remember(secrets: set[str]) -> None:
    """Keep these out of all that is told from now on."""
    _Known.secrets = tuple(sorted({*_Known.secrets, *filter(None, secrets)}, key=len, reverse=True))


def scrub(text: str) -> str:
    """A text without any secret that is known."""
    for secret in _Known.secrets:
        text = text.replace(secret, SHOWN)
    return text
