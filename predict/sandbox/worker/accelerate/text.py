"""A model text where it lies: 250 MB are not copied."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

LARGE = 1024**2  # a smaller one is copied faster than it is thought about

_as_utf8 = ctypes.pythonapi.PyUnicode_AsUTF8AndSize
_as_utf8.restype = ctypes.c_void_p
_as_utf8.argtypes = (ctypes.py_object, ctypes.c_void_p)


class Text(ctypes.c_char_p):
    """An argument for a C function that keeps what it points to alive; `size` in bytes."""

    held: object
    size: int


def borrow(text: str) -> Text:
    """Point into a string of ASCII: its characters are the bytes that C wants, with a zero behind them."""
    borrowed = Text(_as_utf8(text, None))
    borrowed.held, borrowed.size = text, len(text)
    return borrowed


def hold(text: bytes) -> Text:
    """Point to bytes."""
    held = Text(text)
    held.held, held.size = text, len(text)
    return held


def hold_array(text: ctypes.Array[ctypes.c_char]) -> Text:
    """Point to an array that ends with a zero."""
    held = Text(ctypes.addressof(text))
    held.held, held.size = text, len(text) - 1
    return held


def as_text(argument: ctypes.c_char_p) -> Text:
    """Make sure that what was passed to a C function stays alive after it."""
    if isinstance(argument, Text):
        return argument
    held: object = argument._objects  # noqa: SLF001  the bytes that it was made of: its value would be a copy
    return hold(held if type(held) is bytes and b"\0" not in held else argument.value or b"")


def address(pointer: Any) -> int:
    """Where a pointer of ctypes points to.

    ctypes.cast would tell too, and leaves an object that refers to itself, and to 250 MB.
    """
    return ctypes.c_void_p.from_buffer(pointer).value or 0


def borrowing(c_str: Callable[[str], ctypes.c_char_p]) -> Callable[[str], ctypes.c_char_p]:
    """Wrap LightGBM's function that makes a C string of a Python string: it copies."""

    def c_str_or_borrowed(string: str) -> ctypes.c_char_p:
        large = type(string) is str and len(string) >= LARGE and string.isascii() and "\0" not in string
        return borrow(string) if large else c_str(string)

    return c_str_or_borrowed
