"""What a downloaded file is called: a plain name, whatever URL and server say."""

from __future__ import annotations

import unicodedata
from email.message import Message
from urllib.parse import unquote, urlsplit

LONGEST = 200  # bytes: file systems take 255
NAMELESS = "model.pkl"


def from_url(url: str) -> str:
    """The last part of a URL's path."""
    return _plain(unquote(urlsplit(url).path))


def from_disposition(disposition: str) -> str:
    """What a Content-Disposition names (RFC 6266), or nothing."""
    message = Message()
    try:
        message["Content-Disposition"] = disposition
        return _plain(message.get_filename() or "")
    except (ValueError, LookupError):  # a line break, an encoding that nobody knows
        return ""


def _plain(path: str) -> str:
    """No folder, nothing hidden, nothing that a terminal would obey."""
    name = path.replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in unicodedata.normalize("NFC", name) if c.isprintable()).strip(" .")
    while len(name.encode(errors="replace")) > LONGEST:
        name = name[1:]  # the end tells the kind
    return name.encode(errors="replace").decode()
