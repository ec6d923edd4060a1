"""A user id of its own for one run: what belongs to nobody else can be counted, killed and removed exactly."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from .kernel import prctl
from .plan import Plan
from .privileges import empty_bounding_set

NAME = "own uid"
ENFORCES = "a user id that nobody else has: no access to files and processes of others"

PR_SET_DUMPABLE = 4
UNUSED = range(1879048192, 2147483647)  # "unused" in systemd's list of Linux uid ranges
OTHERS_ENTER, OTHERS_READ = 0o001, 0o004
SETUID, SETGID = 7, 6  # capabilities


def why_not(plan: Plan) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    if sys.platform != "linux":
        return "not Linux"
    if not _may_change_ids():
        return "only root can give one"
    closed = next((folder for folder in (*needed(), Path(plan.scratch).parent) if not _open_to_all(folder)), None)
    return f"other users cannot enter {closed}" if closed else None


def choose() -> int:
    """Choose a uid that no process has; from the last of what is mapped where ids are mapped (user namespaces)."""
    ranges = [range(first, first + count) for first, _, count in _mapped()]
    pool = next((UNUSED for known in ranges if UNUSED[0] in known and UNUSED[-1] in known), ranges[-1][-30_000:])
    while True:
        uid = secrets.choice(pool)
        if not _is_used(uid):
            return uid


def needed() -> list[Path]:
    """Folders without which the worker's Python does not run."""
    return [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parent, Path(os.__file__).parent]


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


def _may_change_ids() -> bool:
    if os.geteuid() != 0:
        return False
    status = Path("/proc/self/status").read_text()
    effective = int(status.partition("CapEff:")[2].split()[0], 16)
    return bool(effective >> SETUID & 1 and effective >> SETGID & 1)


def _open_to_all(folder: Path) -> bool:
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


def _is_used(uid: int) -> bool:
    return any(_owner(entry) == uid for entry in os.scandir("/proc") if entry.name.isdigit())


def _owner(entry: os.DirEntry[str]) -> int | None:
    try:
        return entry.stat().st_uid
    except OSError:  # it ended
        return None
