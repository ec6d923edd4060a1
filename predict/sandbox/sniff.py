"""What a file is, when it is not a pickle: told by its first and last bytes, without executing any."""

from __future__ import annotations

from pathlib import Path

HEAD = 512
MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF document",
    b"PAR1": "a parquet file",
    b"\x93NUMPY": "a NumPy .npy file",
    b"\x89HDF": "an HDF5 file",
    b"\x7fELF": "a program",
    b"version https://git-lfs": "a Git LFS pointer: the file itself was not downloaded",
}
PROTOCOL_2_AND_LATER = b"\x80"
STOP = b"."


def describe_file(path: Path) -> str | None:
    """Say what the file is, or None if it may be a pickle (or a compressed one)."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            file.seek(-1, 2) if head else None
            last = file.read(1)
    except OSError:  # gone since: the loader's own error says more
        return None
    if not head:
        return "empty"
    for magic, name in MAGIC.items():
        if head.startswith(magic):
            return name
    return _describe_text(head) if not head.startswith(PROTOCOL_2_AND_LATER) and last != STOP else None


def _describe_text(head: bytes) -> str | None:
    """A pickle of protocol 0 is text too, but ends in a full stop."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # not just a character cut in two
            return None
        text = head[: error.start].decode("utf-8")
    if not all(character.isprintable() or character in "\r\n\t\f" for character in text):
        return None
    start = text.lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return "an HTML page, such as a login or error page"
    if start.startswith(("{", "[")):
        return "JSON text"
    return "a text file"
