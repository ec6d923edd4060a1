"""Which files can be reached: landlock(7).

Constants and structures from the kernel's include/uapi/linux/landlock.h; what each version (ABI) added from
Documentation/userspace-api/landlock.rst.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from .kernel import syscall
from .plan import Plan

NAME = "landlock"
ENFORCES = "files: the system and the libraries can be read, only the scratch folder and /dev/shm written"

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
VERSION = 1
PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
RESOLVE_UNIX = 1 << 16
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1, 9: (1 << 17) - 1}
"""All file rights that a version knows, by the first version that knows them."""
TCP_BIND_AND_CONNECT = 3  # since 4
ABSTRACT_SOCKETS_AND_SIGNALS = 3  # since 6

READ = READ_FILE | READ_DIR
RUN = READ | EXECUTE
PROGRAMS = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/opt", "/nix/store")
SYSTEM = (
    *("/proc", "/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)
SETTINGS = (  # of /etc: what libraries read, for it holds secrets too, and the model may be root without privileges
    *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld.so.preload", "alternatives", "localtime", "timezone"),
    *("default/locale", "locale.conf", "passwd", "group", "nsswitch.conf", "hosts", "host.conf", "resolv.conf"),
    *("gai.conf", "services", "protocols", "os-release", "lsb-release", "debian_version", "mime.types", "magic"),
    *("ssl/certs", "ssl/openssl.cnf", "ssl/cert.pem", "pki/tls/certs", "pki/ca-trust/extracted", "ca-certificates"),
    *("fonts", "matplotlibrc", "OpenCL", "openmpi", "python3", "inputrc", "terminfo", "malloc.conf"),
)
SHARED_MEMORY = "/dev/shm"  # noqa: S108  POSIX shared memory has no other place


def why_not(_plan: Plan) -> str | None:
    """Tell why it cannot be used here; None if it can."""
    if sys.platform != "linux":
        return "not Linux"
    try:
        version()
    except OSError as error:
        off = error.errno == errno.EOPNOTSUPP
        return "switched off in this kernel" if off else f"this kernel has none ({os.strerror(error.errno or 0)})"
    return None


def version() -> int:
    """The kernel's Landlock version (ABI).

    Raises:
        OSError: there is none.
    """
    return syscall(CREATE_RULESET, None, 0, VERSION)


def ruleset(abi: int) -> bytes:
    """`struct landlock_ruleset_attr`: everything that this version can refuse is refused."""
    rights = max(bits for since, bits in RIGHTS.items() if since <= abi)
    network = [TCP_BIND_AND_CONNECT] if abi >= 4 else []  # noqa: PLR2004  versions are numbers
    scoped = [ABSTRACT_SOCKETS_AND_SIGNALS] if abi >= 6 else []  # noqa: PLR2004  versions are numbers
    words = [rights, *network, *scoped]
    return struct.pack(f"{len(words)}Q", *words)


def apply(plan: Plan) -> None:
    """Restrict this thread, which must be the only one, and its children.

    Raises:
        OSError: the kernel refused.
    """
    attributes = ruleset(version())
    (rights,) = struct.unpack_from("Q", attributes)
    rules = syscall(CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path, access in reachable(plan):
            _allow(rules, path, access & rights)
        syscall(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def reachable(plan: Plan) -> Iterator[tuple[str, int]]:
    """Paths, and what may be done beneath them."""
    ours = Path(__file__).parent
    libraries = {sys.prefix, sys.base_prefix}
    libraries |= {str(ours), str(ours.parent / "worker"), str(ours.parents[1] / "inspection")}
    libraries |= set(os.environ.get("LD_LIBRARY_PATH", "").split(":"))
    for path in (*PROGRAMS, *sorted(libraries - {"", "/"})):
        yield path, RUN
    for path in filter(None, sys.path):
        if path.endswith("-packages"):
            yield path, RUN
        elif not path.startswith((sys.prefix, sys.base_prefix)):
            yield from _importable(path)
    for path in (*SYSTEM, *(f"/etc/{name}" for name in SETTINGS)):
        yield path, READ
    for path in ("/dev/null", "/dev/full"):
        yield path, READ_FILE | WRITE_FILE | TRUNCATE
    for path in (plan.scratch, SHARED_MEMORY):
        yield path, ~0


def _importable(path: str) -> Iterator[tuple[str, int]]:
    """What can be imported from a folder that holds other things too: an editable installation is a whole project."""
    yield path, READ_DIR if Path(path).is_dir() else READ
    with contextlib.suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".so", ".libs", ".dist-info")) or Path(entry.path, "__init__.py").is_file():
                yield entry.path, RUN


def _allow(rules: int, path: str, access: int) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):  # what is not there needs no rule
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            is_folder = stat.S_ISDIR(os.fstat(folder).st_mode)
            allowed = access if is_folder else access & OF_A_FILE
            syscall(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", allowed, folder), 0)
        finally:
            os.close(folder)
