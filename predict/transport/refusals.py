"""What a server says when it refuses, in one sentence."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

LONGEST = 300
MARKUP = re.compile(r"\s*<(!doctype html|html)", re.IGNORECASE)


def sentence(body: bytes, encoding: str | None) -> str:
    """The first that says something: an object store's XML, an API's JSON, a page's title, the first line."""
    text = body.decode(_known(encoding), errors="replace").strip()
    said = _of_page(text) if MARKUP.match(text) else _of_xml(text) or _of_json(text) or text.partition("\n")[0]
    return " ".join(said.split())[:LONGEST]


def _known(encoding: str | None) -> str:
    try:
        "".encode(encoding or "utf-8")
    except LookupError:
        return "utf-8"
    return encoding or "utf-8"


def _of_xml(text: str) -> str:
    """`Code: Message`, as S3, Google Cloud Storage and Azure answer."""
    if not text.startswith("<"):
        return ""
    try:
        root = ET.fromstring(text)  # noqa: S314  64 KiB at most, and expat bounds what entities expand to
    except (ET.ParseError, ValueError):
        return ""
    fields = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in root.iter()}
    return ": ".join(filter(None, (fields.get("Code"), fields.get("Message"), fields.get("Details"))))


def _of_json(text: str) -> str:
    try:
        return _of_value(json.loads(text))
    except (ValueError, RecursionError):
        return ""


def _of_value(value: Any) -> str:
    match value:
        case str():
            return value
        case [first, *_]:
            return _of_value(first)
        case dict():
            found = (_of_value(value[key]) for key in ("message", "detail", "error", "errors", "title") if key in value)
            return next(filter(None, found), "")
        case _:
            return ""


class _Title(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._inside = False

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        self._inside = tag == "title"

    def handle_endtag(self, _tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        self.text += data if self._inside else ""


def _of_page(text: str) -> str:
    page = _Title()
    page.feed(text)
    return page.text
