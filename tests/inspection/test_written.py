"""Which version wrote it, against bounds."""

from __future__ import annotations

import pytest

from predict.inspection.facts import Evidence
from predict.inspection.rules import written
from predict.inspection.written import before, fits, older, since


def said(specifier: str) -> Evidence:
    return Evidence("library", specifier, "somewhere")


@pytest.mark.parametrize(
    ("specifier", "bound", "is_before", "is_since"),
    [
        ("==1.2.2", "1.3", True, False),
        ("==1.3.0", "1.3", False, True),
        ("==1.3.2", "1.3", False, True),
        ("<3", "3", True, False),
        ("<3", "2", False, False),
        (">=3", "3", False, True),
        (">=3", "3.1", False, False),
        (">=4.4,<4.6", "4.6", True, False),
        (">=4.4,<4.6", "4.4", False, True),
    ],
)
def test_bounds(specifier: str, bound: str, *, is_before: bool, is_since: bool) -> None:
    evidence = [Evidence("another", "==0", ""), said(specifier)]
    assert (before(evidence, "library", bound) is not None) == is_before
    assert (since(evidence, "library", bound) is not None) == is_since


@pytest.mark.parametrize(
    ("specifier", "version", "expected"),
    [
        ("==1.6.1", "1.6.0", True),
        ("==1.6.1", "1.7.0", False),
        ("==3", "3.0.2", True),
        ("<3", "2.3.3", True),
        ("<3", "3.0.0rc1", False),
        (">=4.4,<4.6", "4.5.0", True),
        (">=4.4,<4.6", "4.6.0", False),
    ],
)
def test_the_same_minor_release_fits(specifier: str, version: str, *, expected: bool) -> None:
    assert fits(said(specifier), version) == expected


def test_what_is_not_installed_is_not_older() -> None:
    assert not older(None, "1")
    assert older("1.26.4", "2")
    assert not older("2.0.0", "2")


@pytest.mark.parametrize(
    ("specifier", "words"),
    [
        ("==1.6.1", "1.6.1"),
        ("<2", "before 2"),
        (">=3", "3 or newer"),
        (">=4.6,<4.7", "4.6"),
        (">=1.24,<2", "1.24 or newer, before 2"),
        (">=4.4,<4.6", "4.4 to 4.5"),
    ],
)
def test_versions_in_words(specifier: str, words: str) -> None:
    assert written(said(specifier)) == words
