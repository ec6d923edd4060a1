"""Compare the versions that wrote a pickle with those that are here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from .facts import Evidence


def before(evidence: Iterable[Evidence], library: str, version: str) -> Evidence | None:
    """What shows that a library older than this version wrote the pickle."""
    bound = Version(version)
    for said in evidence:
        if said.library == library:
            limits = _limits(said.specifier)
            if any(_version(each.version) < bound for each in limits if each.operator == "=="):
                return said
            if any(_version(each.version) <= bound for each in limits if each.operator == "<"):
                return said
    return None


def since(evidence: Iterable[Evidence], library: str, version: str) -> Evidence | None:
    """What shows that this version of a library, or a newer one, wrote the pickle."""
    bound = Version(version)
    for said in evidence:
        if said.library == library:
            limits = _limits(said.specifier)
            if any(_version(each.version) >= bound for each in limits if each.operator in ("==", ">=")):
                return said
    return None


def fits(said: Evidence, version: str) -> bool:
    """Whether a version may be of the same minor release as the one that wrote the pickle."""
    wanted = said.specifier
    if wanted.startswith("=="):
        release = (*_version(wanted.removeprefix("==")).release, 0)
        wanted = f"=={release[0]}.{release[1]}.*"
    return within(wanted, version)


@lru_cache(maxsize=1024)
def within(versions: str, version: str) -> bool:
    """Whether a version is one of those that a specifier names."""
    return SpecifierSet(versions).contains(version, prereleases=True)


def older(version: str | None, than: str) -> bool:
    """Whether an installed version is older; no if nothing is installed."""
    return version is not None and _version(version) < Version(than)


@lru_cache(maxsize=1024)
def _limits(specifier: str) -> tuple[Specifier, ...]:
    return tuple(Specifier(part) for part in specifier.split(","))


@lru_cache(maxsize=1024)
def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:  # a library may write what it likes
        return Version("0")
