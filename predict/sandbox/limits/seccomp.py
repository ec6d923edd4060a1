"""Refuse system calls (Linux): the network, rare doors of the kernel, and all that reaches the supervisor.

It is a list of refusals, for nobody can list what the libraries of a model call. Whatever is newer than the list does
not exist. EPERM and EACCES tell a person what happened; ENOSYS sends a library to its older way.

A filter reads numbers, never memory. The kernel cuts the arguments that we compare to 32 bits, and so do we: a bit
above these must not change what a rule sees. Kernels from 5.11 on do not even run the filter for a call that every
argument allows.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from errno import EACCES, EFAULT, ENOSYS, EOPNOTSUPP, EPERM, ESRCH
from pathlib import Path
from typing import NamedTuple

from .kernel import PR_SET_DUMPABLE, prctl, syscall
from .plan import Plan
from .syscalls import ARCHITECTURES, NEWEST, NUMBERS

NAME = "seccomp"
ENFORCES = "no network (only Unix sockets), no system call that reaches the supervisor or the kernel's rare doors"

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC = 1, 1
KILL_PROCESS, ERRNO, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
LOAD, JUMP, JUMP_EQUAL, JUMP_GREATER, JUMP_BITS, RETURN = 0x20, 0x05, 0x15, 0x25, 0x45, 0x06
NUMBER, ARCHITECTURE = 0, 4  # offsets in seccomp_data, and the low halves of its arguments:
FIRST, SECOND, THIRD, FOURTH = 16, 24, 32, 40

AF_UNIX, MSG_OOB, SOL_SOCKET = 1, 1, 1
BUFFER_SIZES = (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF, and as privileged
CLONE_PARENT = 0x8000
NAMESPACES = 0x7E020000  # CLONE_NEW*, but for CLONE_NEWTIME, which clone() reads as part of the exit signal
F_SETFL, F_SETOWN, F_SETOWN_EX, F_SETLEASE, F_SETDELEG = 4, 8, 15, 1024, 1040
O_ASYNC, FIOASYNC, FIOSETOWN, SIOCSPGRP = 0x2000, 0x5452, 0x8901, 0x8902
TIOCSTI, TIOCLINUX, TIOCSETD = 0x5412, 0x541C, 0x5423
PR_SET_PDEATHSIG, PR_SCHED_CORE = 1, 62
PRIO_PROCESS = 0
EVERYBODY = -1
QUERY = 0xFFFFFFFF

Code = list[bytes]
Condition = Callable[[int], Code]  # takes how many instructions to skip when it does not hold


class Rule(NamedTuple):
    """Calls that fail with an error, when a condition holds."""

    calls: str
    error: int
    when: Condition = lambda _: []


def one_of(field: int, *values: int) -> Condition:
    """The field has one of the values."""
    count = len(values)
    found = [_code(JUMP_EQUAL, value, count - place, 0) for place, value in enumerate(values)]
    return lambda miss: [_code(LOAD, field), *found, _code(JUMP, miss)]


def none_of(field: int, *values: int) -> Condition:
    """The field has another value."""
    left = range(len(values) - 1, -1, -1)
    return lambda miss: [
        _code(LOAD, field),
        *(_code(JUMP_EQUAL, value, more + miss, 0) for value, more in zip(values, left, strict=True)),
    ]


def any_bit(field: int, bits: int) -> Condition:
    """The field has at least one of the bits."""
    return lambda miss: [_code(LOAD, field), _code(JUMP_BITS, bits, 0, miss)]


def above(field: int, value: int) -> Condition:
    """The field is greater, without a sign."""
    return lambda miss: [_code(LOAD, field), _code(JUMP_GREATER, value, 0, miss)]


def both(first: Condition, second: Condition) -> Condition:
    """Both conditions hold."""

    def code(miss: int) -> Code:
        rest = second(miss)
        return first(miss + len(rest)) + rest

    return code


def _code(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; a jump that is too far for its 8 bits is an error of `struct`."""
    return struct.pack("=HBBI", operation, if_true, if_false, value & 0xFFFFFFFF)


RULES = (
    # Memory, descriptors and signals of other processes; pidfd_send_signal takes an open /proc/PID for a pidfd.
    Rule("ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp", EPERM),
    Rule("pidfd_getfd pidfd_send_signal", EPERM),
    Rule("migrate_pages move_pages get_robust_list prlimit64", EPERM, none_of(FIRST, 0)),
    # The network. Python's own pools need unix sockets; nobody needs out-of-band data on them, a fount of kernel bugs.
    Rule("socket socketpair", EACCES, none_of(FIRST, AF_UNIX)),
    Rule("sendto sendmmsg", EOPNOTSUPP, any_bit(FOURTH, MSG_OOB)),
    Rule("sendmsg", EOPNOTSUPP, any_bit(THIRD, MSG_OOB)),
    Rule("io_uring_setup io_uring_enter io_uring_register", ENOSYS),  # calls that no filter sees
    # Namespaces and mounts. The flags of clone3 lie in memory, so C libraries shall use clone instead.
    Rule("clone3", ENOSYS),
    Rule("clone", EPERM, any_bit(FIRST, NAMESPACES | CLONE_PARENT)),  # a sibling would not be in our tree
    Rule("unshare setns mount umount2 pivot_root chroot open_tree open_tree_attr move_mount mount_setattr", EPERM),
    Rule("fsopen fsconfig fsmount fspick", EPERM),
    Rule("statmount listmount listns", ENOSYS),
    # The machine: its kernel, clock, names, swap, quotas, log.
    Rule("init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff", EPERM),
    Rule("quotactl quotactl_fd acct settimeofday clock_settime adjtimex clock_adjtime", EPERM),
    Rule("sethostname setdomainname syslog vhangup iopl ioperm", EPERM),
    # Where the kernel was broken most often, and what goes round the rights of files.
    Rule("bpf perf_event_open userfaultfd keyctl add_key request_key modify_ldt", EPERM),
    Rule("lookup_dcookie nfsservctl", EPERM),
    Rule("open_by_handle_at name_to_handle_at fanotify_init", EPERM),
    Rule("personality", EPERM, none_of(FIRST, 0, QUERY)),
    # Memory that no process shows, or that outlives them all.
    Rule("memfd_secret", EPERM),
    Rule("memfd_create mq_open mq_unlink", ENOSYS),
    Rule("shmget shmat shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl", ENOSYS),
    # On which processors the model runs is decided for it. Libraries that pin their threads must not fail: so success.
    Rule("sched_setaffinity", 0),
    Rule("setpriority", EPERM, none_of(FIRST, PRIO_PROCESS)),
    Rule("ioprio_set", 0),
    # Buffers of Unix sockets are memory that no process shows; their usual size stays.
    Rule("setsockopt", 0, both(one_of(SECOND, SOL_SOCKET), one_of(THIRD, *BUFFER_SIZES))),
    # PyTorch's children ask for a signal when their parent dies, and fail without: so success. Ours must stay set.
    # And the supervisor, who may have another user, must be able to count what the model holds open.
    Rule("prctl", 0, one_of(FIRST, PR_SET_PDEATHSIG, PR_SET_DUMPABLE)),
    Rule("prctl", EPERM, one_of(FIRST, PR_SCHED_CORE)),  # lets the other hyperthread of each core idle
    # Signals that the kernel sends for us (a terminal's go to whoever is in its foreground); files kept from others.
    Rule("fcntl", EPERM, one_of(SECOND, F_SETOWN, F_SETOWN_EX, F_SETLEASE, F_SETDELEG)),
    Rule("fcntl", EPERM, both(one_of(SECOND, F_SETFL), any_bit(THIRD, O_ASYNC))),
    Rule("ioctl", EPERM, one_of(SECOND, FIOASYNC, FIOSETOWN, SIOCSPGRP, TIOCSTI, TIOCLINUX, TIOCSETD)),
)

# Landlock does not watch over these, and as a user who owns the output folder a model could close it to us. Libraries
# call them on their own files and must not fail: so success.
OF_OTHER_FILES = (
    Rule("chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat", 0),
    Rule("utime utimes futimesat utimensat", 0),
    Rule("setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat removexattrat file_setattr", 0),
)


def _protecting(protected: Sequence[int], groups: Sequence[int]) -> Iterator[Rule]:
    """Whatever takes the number of a process or group."""
    taken = one_of(FIRST, *protected)
    yield Rule("kill", EPERM, one_of(FIRST, EVERYBODY, *protected, *(-group for group in groups)))
    yield Rule("tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open", EPERM, taken)
    yield Rule("sched_setscheduler sched_setattr sched_setparam", EPERM, taken)
    yield Rule("setpriority", EPERM, one_of(SECOND, *protected))
    yield Rule("setpgid", EPERM, one_of(SECOND, *groups))  # kill(0) would reach who is in it


def build(machine: str, protected: Sequence[int], groups: Sequence[int], *, shared_uid: bool = False) -> bytes:
    """The filter for a machine as the kernel takes it: struct sock_filter, one after the other.

    Args:
        machine: as uname(2) names it.
        protected: processes that no call may touch. kill(2) takes the number of a thread for its process: those of a
            supervisor with several threads are kept by an own uid or by Landlock, not by this.
        groups: process groups that no signal may reach; the caller must lead another.
        shared_uid: the model runs as a user who owns other files, too.
    """
    numbers = NUMBERS[machine]
    code = _answer(KILL_PROCESS, none_of(ARCHITECTURE, ARCHITECTURES[machine]))
    code += _answer(ERRNO | ENOSYS, above(NUMBER, NEWEST))  # x32 has its numbers far up
    for rule in (*RULES, *(OF_OTHER_FILES if shared_uid else ()), *_protecting(protected, groups)):
        called = one_of(NUMBER, *(numbers[call] for call in rule.calls.split() if call in numbers))
        code += _answer(ERRNO | rule.error, both(called, rule.when))
    return b"".join([*code, _code(RETURN, ALLOW)])


def _answer(verdict: int, when: Condition) -> Code:
    return [*when(1), _code(RETURN, verdict)]


def apply(plan: Plan) -> None:
    """Filter all threads of this process from now on, and all its children; no_new_privs must be set.

    Raises:
        OSError: it is not filtered.
    """
    machine = os.uname().machine
    code = build(machine, plan.protected, plan.groups, shared_uid=plan.uid is None)
    instructions = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HP", len(code) // 8, ctypes.addressof(instructions))  # struct sock_fprog
    try:
        number = NUMBERS[machine]["seccomp"]
        other = syscall(number, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program)
    except OSError as error:
        if error.errno != ENOSYS:
            raise
        _apply_to_one_thread(program)
    else:
        if other:
            raise OSError(ESRCH, f"Thread {other} has a filter of its own")


def _apply_to_one_thread(program: bytes) -> None:
    """The older way, which must not leave a thread without a filter."""
    if len([*Path("/proc/self/task").iterdir()]) > 1:
        raise OSError(ENOSYS, "Without seccomp(2) only a single thread can be filtered")
    passed = ctypes.create_string_buffer(program)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(passed))


def why_not(_plan: Plan | None = None) -> str | None:
    """Tell why no filter can be installed here; None if it can."""
    if sys.platform != "linux":
        return "not Linux"
    machine = os.uname().machine
    if machine not in NUMBERS:
        return f"no system call table for {machine}"
    if sys.maxsize < 2**32:
        return "no system call table for 32-bit programs"
    return _refused()


def _refused() -> str | None:
    """Offer the kernel a filter that lies nowhere: one that takes filters answers EFAULT."""
    try:
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 0)
    except OSError as error:
        if error.errno == EFAULT:
            return None
    return "the kernel has no seccomp filters"
