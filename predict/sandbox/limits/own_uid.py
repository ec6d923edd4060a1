"""A user id of its own for one run: what belongs to nobody else can be counted, killed and removed exactly."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from . import capabilities
from .kernel import PR_SET_DUMPABLE, prctl
from .plan import Plan
from .privileges import empty_bounding_set

NAME = "own uid"
ENFORCES = "a user id that nobody else has: no access to files and processes of others"

UNUSED = range(1879048192, 2147483647)  # "unused" in systemd's list of Linux uid ranges
OTHERS_ENTER, OTHERS_READ = 0o001, 0o004
FEWEST = 1000  # user ids to choose from


def why_not(plan: Plan) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    if sys.platform != "linux":
        return "not Linux"
    obstacle = _obstacle()
    if obstacle:
        return obstacle
    closed = next((folder for folder in (*needed(), Path(plan.scratch).parent) if not open_to_all(folder)), None)
    return f"other users cannot enter {closed}" if closed else None


def choose() -> int:
    """Choose a uid that no process has; from the last of what is mapped where ids are mapped (user namespaces)."""
    used = {_owner(entry) for entry in os.scandir("/proc") if entry.name.isdigit()}
    while (uid := secrets.choice(_pool())) in used:  # of a thousand, no machine uses all
        pass
    return uid


def _pool() -> range:
    ranges = [range(first, first + count) for first, _, count in _mapped()]
    return next((UNUSED for known in ranges if UNUSED[0] in known and UNUSED[-1] in known), ranges[-1][-30_000:])


def needed() -> list[Path]:
    """Folders without which the worker's Python does not run."""
    packages = [Path(path) for path in sys.path if path.endswith("-packages")]
    return [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parent, Path(os.__file__).parent, *packages]


def apply(plan: Plan) -> None:
    """Become that user in all threads.

    Raises:
        OSError: the kernel refused.
    """
    assert plan.uid is not None  # noqa: S101  whoever made the plan asked why_not
    empty_bounding_set()
    os.setgroups([])
    os.setresgid(plan.uid, plan.uid, plan.uid)
    os.setresuid(plan.uid, plan.uid, plan.uid)
    prctl(PR_SET_DUMPABLE, 1)  # the change took it: a debugger of the same user may look, /proc/self may be read
    if os.getresuid() != (plan.uid,) * 3:
        raise OSError("the user id did not change")


def _obstacle() -> str | None:
    """What keeps this user from giving ids away."""
    missing = capabilities.missing()
    if missing:
        return f"this user has no CAP_{missing[0]}, as root would"
    groups = Path("/proc/self/setgroups")
    if groups.exists() and groups.read_text().strip() == "deny":
        return "groups cannot be given up in this user namespace"
    return "no spare user ids are mapped here" if len(_pool()) < FEWEST else None


def open_to_all(folder: Path) -> bool:
    """Whether any user can enter a folder and read it, and enter all above it."""
    real = Path(os.path.realpath(folder))
    try:
        above = all(parent.stat().st_mode & OTHERS_ENTER for parent in real.parents)
        own = real.stat().st_mode
    except OSError:
        return False
    return above and bool(own & OTHERS_ENTER and own & OTHERS_READ)


def _mapped() -> list[tuple[int, int, int]]:
    lines = Path("/proc/self/uid_map").read_text().splitlines()
    return [(int(inside), int(outside), int(count)) for inside, outside, count in map(str.split, lines)]


def _owner(entry: os.DirEntry[str]) -> int | None:
    try:
        return entry.stat().st_uid
    except OSError:  # it ended
        return None
