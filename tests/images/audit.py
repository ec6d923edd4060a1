"""What lies in an image that should not, as JSON: root sees all, its user what may be changed."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Iterator

TOOL = re.compile(r"(pip|uv|gcc|g\+\+|cc|c\+\+|clang|make|cmake|ld|as|rustc|cargo|git|curl|wget)[\d.-]*")
NOT_OURS = ("/proc", "/sys", "/dev")
CACHES = ("/root/.cache", "/var/lib/apt/lists", "/var/cache/apt", "/tmp", "/var/tmp", "/build")  # noqa: S108  they are to be empty
SCRATCH = ("/tmp", "/var/tmp", "/run/lock")  # noqa: S108  everybody's by custom


def everything() -> Iterator[os.DirEntry[str]]:
    """Every file and folder of the image itself."""
    waiting = ["/"]
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:  # closed to this user
            continue
        for entry in entries:
            if not entry.path.startswith(NOT_OURS):
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def is_tool(entry: os.DirEntry[str]) -> bool:
    """What installs or compiles."""
    return bool(TOOL.fullmatch(entry.name)) and entry.is_file() and os.access(entry.path, os.X_OK)


def is_privileged(entry: os.DirEntry[str]) -> bool:
    """What gives a user more than is his, beyond the few programs of Debian."""
    if not entry.is_file(follow_symlinks=False):
        return False
    own = entry.path.startswith("/opt/") and entry.stat().st_mode & (stat.S_ISUID | stat.S_ISGID)
    return bool(own) or "security.capability" in os.listxattr(entry.path, follow_symlinks=False)


def is_writable(entry: os.DirEntry[str]) -> bool:
    """What this user may change; links are as open as what they name."""
    everybodys = entry.is_symlink() or entry.path in SCRATCH or hosts(entry.path)
    return not everybodys and os.access(entry.path, os.W_OK)


def hosts(path: str) -> bool:
    """What a container's engine puts there."""
    return path in {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/.dockerenv"}


def in_cache(entry: os.DirEntry[str]) -> bool:
    """Anything in a folder that should be empty, but this file, which may be mounted there."""
    inside = entry.path.startswith(tuple(f"{cache}/" for cache in CACHES)) and entry.is_file(follow_symlinks=False)
    return inside and entry.path != __file__


def main() -> None:
    """Print one list of paths for each question."""
    questions = {"tools": is_tool, "privileged": is_privileged, "writable": is_writable, "caches": in_cache}
    found: dict[str, list[str]] = {name: [] for name in questions}
    for entry in everything():
        for name, question in questions.items():
            if question(entry):
                found[name].append(entry.path)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
