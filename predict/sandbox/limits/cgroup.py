"""Memory as the kernel counts it for a control group, version 1 or 2, and a group of its own for one run.

The kernel counts what no look at processes can: memfds, shared memory, pages that forks share. And it tells how many
processes the container around us may have.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .plan import Plan

NAME = "cgroup"
ENFORCES = "memory of all its processes together, as the kernel counts it, in a group of its own"

PROC = Path("/proc/self/cgroup")
MOUNTS = Path("/sys/fs/cgroup")
UNLIMITED = 2**60  # version 1 says "none" with a number near 2**63
PAUSE = 0.005
TRIES = 400


class Names(NamedTuple):
    """What a version calls its files and the counters in them."""

    version: int
    limit: str
    usage: str
    peak: str
    events: str
    cache: str
    shared: str
    extras: dict[str, str]
    """Set beside the limit, where they exist: no way out through swap, and who shares the group dies together."""


V1 = Names(
    1,
    limit="memory.limit_in_bytes",
    usage="memory.usage_in_bytes",
    peak="memory.max_usage_in_bytes",
    events="memory.oom_control",
    cache="total_cache",
    shared="total_shmem",
    extras={"memory.memsw.limit_in_bytes": "{limit}"},
)
V2 = Names(
    2,
    limit="memory.max",
    usage="memory.current",
    peak="memory.peak",
    events="memory.events",
    cache="file",
    shared="shmem",
    extras={"memory.swap.max": "0", "memory.oom.group": "1"},
)
PLACES = ((V1, "memory"), (V2, ""), (V2, "unified"))  # below the mounts; the last on machines that have both versions


class Counters:
    """The memory counters of a group. gVisor knows only the usage."""

    def __init__(self, folder: Path, names: Names, mount: Path) -> None:
        self.folder = folder
        self.names = names
        self.mount = mount
        self.where = f"cgroup v{names.version} at {folder}"

    def limit(self) -> int | None:
        """Bytes that the group may hold, by its limit or that of a visible group above it."""
        limits = [_number(read(f"{folder}/{self.names.limit}")) for folder in upwards(self.folder, self.mount)]
        return min((limit for limit in limits if limit is not None and limit < UNLIMITED), default=None)

    def used(self) -> int | None:
        """Bytes that the kernel cannot drop: all but the page cache, in which it counts shared memory too."""
        usage = _number(read(f"{self.folder}/{self.names.usage}"))
        if usage is None:
            return None
        counters = read(f"{self.folder}/memory.stat")
        return max(0, usage - _counter(counters, self.names.cache) + _counter(counters, self.names.shared))

    def peak(self) -> int | None:
        """Most bytes that the group ever held, page cache included."""
        return _number(read(f"{self.folder}/{self.names.peak}"))

    def oom_kills(self) -> int:
        """How many of its processes the kernel killed for want of memory."""
        return _counter(read(f"{self.folder}/{self.names.events}"), "oom_kill")

    def processes(self) -> set[int]:
        """Who is in the group, as far as we can see them."""
        return {int(pid) for pid in read(f"{self.folder}/cgroup.procs").split()}


class Tasks(NamedTuple):
    """A group that may limit its processes and threads."""

    folder: Path

    def limit(self) -> int | None:
        """How many it may have; None: as many as it likes."""
        return _number(read(f"{self.folder}/pids.max"))

    def refused(self) -> int:
        """How often one more was refused."""
        return _counter(read(f"{self.folder}/pids.events"), "max")


class Made(Counters):
    """A group that we made. A process enters it by writing 0 to `procs`."""

    @property
    def procs(self) -> Path:
        """The file that takes processes."""
        return self.folder / "cgroup.procs"

    def confine(self, limit: int) -> None:
        """Set the limit.

        Raises:
            OSError: when this is no group, or one that cannot be limited.
        """
        if not self.procs.exists():  # in a container it may be an ordinary folder
            raise OSError(errno.ENOTSUP, "what is made there is no group")
        if self.names is V2 and not (self.folder / V2.limit).exists():
            _delegate(self.folder.parent)
        if not (self.folder / self.names.events).exists():  # gVisor takes a limit and forgets it
            raise OSError(errno.ENOTSUP, "a group there keeps no limit")
        _write(self.folder / self.names.limit, str(limit))
        for name, value in self.names.extras.items():
            with contextlib.suppress(OSError):
                _write(self.folder / name, value.format(limit=limit))

    def remove(self) -> bool:
        """Remove the group, and on version 2 who is still in it; tell whether it is gone."""
        with contextlib.suppress(OSError):
            _write(self.folder / "cgroup.kill", "1")
        for _ in range(TRIES):
            with contextlib.suppress(OSError):
                self.folder.rmdir()
            if not self.folder.exists():
                return True
            time.sleep(PAUSE)  # who was killed leaves a moment later
        return False


def why_not(plan: Plan) -> str | None:
    """Tell why there is none; None if there is one."""
    return plan.no_cgroup


def apply(plan: Plan) -> None:
    """Enter the group.

    Raises:
        OSError: the kernel refused.
    """
    assert plan.cgroup is not None  # noqa: S101  whoever calls asked why_not
    _write(Path(plan.cgroup), "0")


def own(proc: Path = PROC, mounts: Path = MOUNTS) -> Counters | None:
    """The group that counts this process's memory; None in the root group, which counts nothing of use."""
    paths = memberships(read(proc), "memory")
    for names, place in PLACES:
        if names.version in paths and (found := _counting(paths[names.version], names, mounts / place)):
            return found
    return None


def tasks(proc: Path = PROC, mounts: Path = MOUNTS) -> Tasks | None:
    """The group that limits how many processes and threads there are, this one included."""
    paths = memberships(read(proc), "pids")
    for version, place in ((1, "pids"), (2, ""), (2, "unified")):
        if version in paths and (folder := holding("pids.max", paths[version], mounts / place)):
            return Tasks(folder)
    return None


def memberships(text: str, controller: str) -> dict[int, str]:
    """Where a process stands in each version's groups."""
    paths = {}
    for line in text.splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if path.startswith("/") and (not controllers or controller in controllers.split(",")):
            paths[1 if controllers else 2] = path
    return paths


def make(limit: int, inside: Counters | None = None) -> Made | str:
    """Make a group with a memory limit inside our own, or say why there is none."""
    inside = inside or own()
    if inside is None:
        return "no control group counts our memory"
    made = Made(inside.folder / f"predict-{os.urandom(8).hex()}", inside.names, inside.mount)
    try:
        made.folder.mkdir()
        made.confine(limit)
    except OSError as error:
        made.remove()
        return f"{inside.where}: {error.strerror}"
    return made


def _counting(path: str, names: Names, mount: Path) -> Counters | None:
    group = holding(names.usage, path, mount)
    return None if group is None or (group / "release_agent").exists() else Counters(group, names, mount)


def holding(file: str, path: str, mount: Path) -> Path | None:
    """On version 2 the nearest group that has the controller counts for those below."""
    folder = mount / path.lstrip("/")
    if ".." in folder.parts or not folder.is_dir():  # in a container its own group is mounted as the root
        folder = mount
    return next((group for group in upwards(folder, mount) if (group / file).exists()), None)


def upwards(folder: Path, mount: Path) -> Iterator[Path]:
    """A group and those above it, as far as we see them: each has a say."""
    for group in (folder, *folder.parents):
        yield group
        if group == mount:
            return


def _delegate(group: Path) -> None:
    """Let groups inside this one have memory limits (version 2)."""
    try:
        _write(group / "cgroup.subtree_control", "+memory")
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise OSError(errno.EBUSY, "it has processes, so no group inside it can have a limit") from error
        raise


def read(file: Path | str) -> str:
    """What a file says; nothing if it cannot be read."""
    try:
        with open(file, "rb", buffering=0) as opened:  # noqa: PTH123  read 20 times a second: half the price
            return opened.read().decode(errors="replace")
    except OSError:
        return ""


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CLOEXEC)  # never make the file: it would mean nothing
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() else None


def _counter(text: str, name: str) -> int:
    """The value of `name` in lines of name and value; 0 if it is not there."""
    _, _, rest = f"\n{text}".partition(f"\n{name} ")
    return _number(rest.partition("\n")[0]) or 0
