"""The filter of system calls: its numbers, its verdicts on both machines, and the kernel that keeps them."""

from __future__ import annotations

import errno
import itertools
import json
import os
import re
import signal  # noqa: TID251  the kernel kills with SIGSYS
import struct
import subprocess  # noqa: TID251  a filter is for life, so each is tried in a process of its own
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from predict.sandbox.limits import seccomp
from predict.sandbox.limits.syscalls import ARCHITECTURES, NUMBERS

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
MACHINES = sorted(NUMBERS)
REAL = pytest.mark.skipif(seccomp.why_not() is not None, reason=f"no filter here: {seccomp.why_not()}")

SUPERVISOR, KEEPER, GROUP, OTHER = 4711, 4712, 4700, 99
ALLOW, KILL = 0x7FFF0000, 0x80000000

# The policy once more, in plain words.
ALWAYS = {
    errno.EPERM: """
        ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd pidfd_send_signal
        bpf perf_event_open userfaultfd keyctl add_key request_key modify_ldt lookup_dcookie nfsservctl
        mount umount2 pivot_root chroot open_tree open_tree_attr move_mount fsopen fsconfig fsmount fspick mount_setattr
        unshare setns init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff
        quotactl quotactl_fd acct settimeofday clock_settime adjtimex clock_adjtime iopl ioperm
        open_by_handle_at name_to_handle_at fanotify_init syslog vhangup memfd_secret sethostname setdomainname
        """,
    errno.ENOSYS: """
        io_uring_setup io_uring_enter io_uring_register clone3 memfd_create mq_open mq_unlink statmount listmount listns
        shmget shmat shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl""",
    0: "sched_setaffinity ioprio_set",
}
REFUSED = {name: code for code, names in ALWAYS.items() for name in names.split()}
PIDS = (0, 1, SUPERVISOR, KEEPER, GROUP, OTHER, -SUPERVISOR, -KEEPER, -GROUP, -1)
ASKED: dict[str, tuple[Sequence[int], ...]] = {  # values worth trying, for each argument
    "socket": (range(46), (1, 2), (0, 1)),
    "socketpair": (range(46), (1, 2)),
    "sendto": ((3,), (1,), (1,), (0, 1, 2, 3, 0x4000)),
    "sendmmsg": ((3,), (1,), (1,), (0, 1, 2, 3, 0x4000)),
    "sendmsg": ((3,), (1,), (0, 1, 2, 3, 0x4000)),
    "clone": ([1 << bit for bit in range(32)] + [0x3D0F00, 0x1200011, 17],),
    "personality": ((0, 8, 0x40000, 0xFFFFFFFE, -1),),
    "prctl": (range(80), (0, 9)),
    "fcntl": ((0, 3), (*range(20), *range(1024, 1045)), (0, 2, 0x800, 0x2000, 0x2800)),
    "ioctl": ((0, 3), (0x5401, 0x5410, 0x5412, 0x541B, 0x541C, 0x5421, 0x5423, 0x5451, 0x5452, 0x8901, 0x8902, 0x8903)),
    "setpriority": ((0, 1, 2), PIDS, (5,)),
    "setpgid": (PIDS, PIDS),
    "setsockopt": ((3,), (0, 1, 2, 6), (2, 7, 8, 9, 32, 33, 34)),
    **dict.fromkeys(["kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open"], (PIDS, PIDS)),
    **dict.fromkeys(["sched_setscheduler", "sched_setattr", "sched_setparam"], (PIDS, PIDS)),
    **dict.fromkeys(["prlimit64", "migrate_pages", "move_pages", "get_robust_list"], (PIDS, PIDS)),
}


def policy(name: str, arguments: Sequence[int]) -> int | None:  # noqa: C901, PLR0911, PLR0912  a list of cases
    """The error that a call is to fail with; None if it is allowed."""
    first, second, third, fourth = (argument % 2**32 for argument in arguments[:4])
    protected = (SUPERVISOR, KEEPER)
    match name:
        case "socket" | "socketpair":
            return None if first == 1 else errno.EACCES
        case "setsockopt":
            return 0 if second == 1 and third in (7, 8, 32, 33) else None
        case "sendto" | "sendmmsg":
            return errno.EOPNOTSUPP if fourth % 2 else None
        case "sendmsg":
            return errno.EOPNOTSUPP if third % 2 else None
        case "clone":
            new = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
            return errno.EPERM if any(first & bit for bit in (*new, 0x8000)) else None
        case "personality":
            return None if first in (0, 0xFFFFFFFF) else errno.EPERM
        case "prctl":
            return {1: 0, 4: 0, 62: errno.EPERM}.get(first)
        case "fcntl":
            own = second in (8, 15, 1024, 1040) or (second == 4 and third & 0x2000)
            return errno.EPERM if own else None
        case "ioctl":
            return errno.EPERM if second in (0x5412, 0x541C, 0x5423, 0x5452, 0x8901, 0x8902) else None
        case "kill":
            return errno.EPERM if first in (*protected, 2**32 - 1, 2**32 - GROUP) else None
        case "tkill" | "tgkill" | "rt_sigqueueinfo" | "rt_tgsigqueueinfo" | "pidfd_open":
            return errno.EPERM if first in protected else None
        case "sched_setscheduler" | "sched_setattr" | "sched_setparam":
            return errno.EPERM if first in protected else None
        case "setpriority":
            return None if first == 0 and second not in protected else errno.EPERM
        case "setpgid":
            return errno.EPERM if second == GROUP else None
        case "prlimit64" | "migrate_pages" | "move_pages" | "get_robust_list":
            return errno.EPERM if first else None
    return REFUSED.get(name)


def verdict(machine: str, number: int, arguments: Sequence[int]) -> int:
    if number > 471:
        return 0x50000 | errno.ENOSYS
    names = {known: name for name, known in NUMBERS[machine].items()}
    error = policy(names.get(number, ""), arguments)
    return ALLOW if error is None else 0x50000 | error


def interpret(
    program: list[tuple[int, int, int, int]], number: int, arguments: Sequence[int], architecture: int
) -> int:
    """Run classic BPF as the kernel does, on struct seccomp_data."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *(argument % 2**64 for argument in arguments))
    place = accumulator = 0
    while True:
        operation, if_true, if_false, value = program[place]
        place += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == 0x05:
            place += value
        elif operation == 0x06:
            return value
        else:
            tests = {0x15: accumulator == value, 0x25: accumulator > value, 0x45: accumulator & value}
            place += if_true if tests[operation] else if_false


def program_of(machine: str) -> list[tuple[int, int, int, int]]:
    return list(struct.iter_unpack("<HBBI", seccomp.build(machine, [SUPERVISOR, KEEPER], [GROUP])))


def with_high_bits(values: Sequence[int]) -> list[int]:
    """The kernel cuts an int argument to 32 bits, whatever stands above."""
    return [value % 2**32 | high << 32 for value in values for high in (0, 1, 0xFFFFFFFF)]


def calls(machine: str) -> Iterator[tuple[int, list[int]]]:
    """All numbers with dull arguments, and those with rules on arguments with all that matter."""
    numbers = [*range(601), 2**30, 2**30 + NUMBERS[machine]["kill"], 2**31, 2**32 - 1]
    for number, argument in itertools.product(numbers, (0, 1, SUPERVISOR, -1)):
        yield number, [argument] * 6
    for name, values in ASKED.items():
        for arguments in itertools.product(*map(with_high_bits, values)):
            yield NUMBERS[machine][name], [*arguments, *[OTHER] * (6 - len(arguments))]


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_the_kernels(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"no {header} here")
    defined = re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)$", header.read_text(), re.MULTILINE)
    kernel = {name: int(number) for name, number in defined if name != "syscalls"}
    newer = {name for name, number in NUMBERS[machine].items() if number > max(kernel.values())}
    assert NUMBERS[machine] == {name: kernel.get(name) for name in NUMBERS[machine].keys() - newer} | {
        name: NUMBERS["x86_64"][name] for name in newer
    }


@pytest.mark.parametrize("machine", MACHINES)
def test_every_call_gets_the_verdict_of_the_policy(machine: str) -> None:
    program, architecture = program_of(machine), ARCHITECTURES[machine]
    wrong = [
        (number, arguments)
        for number, arguments in calls(machine)
        if interpret(program, number, arguments, architecture) != verdict(machine, number, arguments)
    ]
    assert wrong == []


@pytest.mark.parametrize("machine", MACHINES)
def test_the_policy_names_no_call_in_vain(machine: str) -> None:
    unknown = (REFUSED.keys() | ASKED.keys()) - NUMBERS[machine].keys()
    assert unknown == ({"iopl", "ioperm", "modify_ldt"} if machine == "aarch64" else set())


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("architecture", [0x40000003, 0x40000028, *ARCHITECTURES.values()])
def test_calls_of_another_architecture_kill(machine: str, architecture: int) -> None:
    killed = interpret(program_of(machine), 0, [0] * 6, architecture) == KILL
    assert killed == (architecture != ARCHITECTURES[machine])


def test_nothing_to_protect_is_a_filter_too() -> None:
    program = list(struct.iter_unpack("<HBBI", seccomp.build("x86_64", [], [])))
    kill = NUMBERS["x86_64"]["kill"]
    found = [interpret(program, kill, [pid, *[0] * 5], ARCHITECTURES["x86_64"]) for pid in (SUPERVISOR, -1)]
    assert found == [ALLOW, 0x50000 | errno.EPERM]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("shared", [False, True])
def test_the_rights_of_files_stay_when_the_user_owns_others(machine: str, shared: bool) -> None:
    built = seccomp.build(machine, [SUPERVISOR, KEEPER], [GROUP], shared_uid=shared)
    program = list(struct.iter_unpack("<HBBI", built))
    calls = ("fchmod", "fchmodat", "fchmodat2", "fchown", "fchownat", "utimensat", "setxattr", "fremovexattr")
    found = {interpret(program, NUMBERS[machine][call], [3] * 6, ARCHITECTURES[machine]) for call in calls}
    assert found == {0x50000 if shared else ALLOW}


def test_a_machine_without_a_filter_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    machine = os.uname()
    monkeypatch.setattr(os, "uname", lambda: type(machine)((*machine[:4], "riscv64")))
    assert seccomp.why_not() == "no system call table for riscv64"
    monkeypatch.setattr(os, "uname", lambda: type(machine)((*machine[:4], "x86_64")))
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    assert seccomp.why_not() == "no system call table for 32-bit programs"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert seccomp.why_not() == "not Linux"


# What follows happens in a process of its own, which a filter shall keep from this one.
PRELUDE = f"""
import concurrent.futures, ctypes, errno, json, os, socket, sys
sys.path.insert(0, {str(Path(seccomp.__file__).parents[1])!r})  # as the worker does: without the rest of the package
from limits import kernel, seccomp
from limits.plan import Plan
from limits.syscalls import NUMBERS

parent = os.getppid()
group = os.getpgid(parent)
kernel.prctl(38, 1)  # no_new_privs

def lock(*rules):
    seccomp.RULES = rules or RULES
    seccomp.apply(Plan(parent, 0, 0, 0, uid=0, protected=[parent], groups=[group]))

def error_of(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        return error.errno
    return 0

def raw(name, *arguments):
    return error_of(kernel.syscall, NUMBERS[os.uname().machine][name], *arguments)

def tell(*answers):
    print(json.dumps(answers))

RULES = seccomp.RULES
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", PRELUDE + textwrap.dedent(code)]
    return subprocess.run(program, capture_output=True, text=True, check=False, start_new_session=True)


def told(code: str) -> list[Any]:
    ended = run(code)
    assert (ended.returncode, ended.stderr) == (0, "")
    answers: list[Any] = json.loads(ended.stdout)
    return answers


@REAL
def test_asking_changes_nothing() -> None:
    code = """
    before = kernel.prctl(21)  # PR_GET_SECCOMP
    tell(seccomp.why_not(), kernel.prctl(21) - before)
    """
    assert told(code) == [None, 0]


@REAL
def test_a_kernel_without_filters_is_noticed() -> None:
    code = """
    lock(seccomp.Rule("prctl", errno.EINVAL))
    tell(seccomp.why_not())
    """
    assert told(code) == ["the kernel has no seccomp filters"]


@REAL
def test_the_kernel_refuses_the_calls_that_nobody_needs() -> None:
    names = [name for name in REFUSED if name in NUMBERS[os.uname().machine]]
    code = f"""
    lock()
    tell({{name: raw(name, *[-1] * 6) for name in {names}}})
    """
    assert told(code) == [{name: REFUSED[name] for name in names}]


ATTEMPTS = """
    def attempts(high):
        def int_(value):
            return value % 2**32 | high << 32
        ours, theirs = socket.socketpair()
        one = ours.fileno()
        folder = os.open(f"/proc/{parent}", os.O_RDONLY)
        found = {
            "kill": raw("kill", int_(parent), 0),
            "kill a group": raw("kill", int_(-group), 0),
            "tkill": raw("tkill", int_(parent), 0),
            "tgkill": raw("tgkill", int_(parent), parent, 0),
            "rt_sigqueueinfo": raw("rt_sigqueueinfo", int_(parent), 0, 0),
            "rt_tgsigqueueinfo": raw("rt_tgsigqueueinfo", int_(parent), parent, 0, 0),
            "pidfd_open": raw("pidfd_open", int_(parent), 0),
            "pidfd_send_signal": raw("pidfd_send_signal", folder, 0, 0, 0),
            "prlimit64": raw("prlimit64", int_(parent), 0, 0, 0),
            "migrate_pages": raw("migrate_pages", int_(parent), 0, 0, 0),
            "move_pages": raw("move_pages", int_(parent), 0, 0, 0, 0, 0),
            "get_robust_list": raw("get_robust_list", int_(parent), 0, 0),
            "sched_setscheduler": raw("sched_setscheduler", int_(parent), -1, 0),
            "sched_setattr": raw("sched_setattr", int_(parent), 0, 0),
            "sched_setparam": raw("sched_setparam", int_(parent), 0),
            "setpriority": raw("setpriority", 0, int_(parent), os.getpriority(0, parent)),
            "setpriority of a group": raw("setpriority", int_(1), 0, os.getpriority(1, 0)),
            "personality": raw("personality", int_(0x40000)),
            "F_SETOWN": raw("fcntl", one, int_(8), os.getpid()),
            "F_SETOWN_EX": raw("fcntl", one, int_(15), 0),
            "F_SETLEASE": raw("fcntl", one, int_(1024), 0),
            "F_SETDELEG": raw("fcntl", one, int_(1040), 0),
            "O_ASYNC": raw("fcntl", one, int_(4), int_(0x2002)),
            "FIOASYNC": raw("ioctl", one, int_(0x5452), 0),
            "FIOSETOWN": raw("ioctl", one, int_(0x8901), 0),
            "SIOCSPGRP": raw("ioctl", one, int_(0x8902), 0),
            "TIOCSTI": raw("ioctl", one, int_(0x5412), 0),
            "TIOCLINUX": raw("ioctl", one, int_(0x541C), 0),
            "TIOCSETD": raw("ioctl", one, int_(0x5423), 0),
            "PR_SCHED_CORE": raw("prctl", int_(62), 0, 0, 0, 0),
            "sendto out of band": raw("sendto", one, b"x", 1, int_(1), 0, 0),
            "sendmsg out of band": raw("sendmsg", one, 0, int_(1)),
            "sendmmsg out of band": raw("sendmmsg", one, 0, 1, int_(1)),
        }
        for bit in (15, 17, 25, 26, 27, 28, 29, 30):  # CLONE_THREAD alone is invalid: nothing is ever started
            found[f"clone bit {bit}"] = raw("clone", int_(0x10000 | 1 << bit), 0, 0, 0, 0)
        for family in (0, 2, 10, 16, 17, 38, 40):
            found[f"socket family {family}"] = raw("socket", int_(family), 3, 0)
            found[f"socketpair family {family}"] = raw("socketpair", int_(family), 1, 0, 0)
        return found
"""
MAY_BE_REFUSED_ANYWAY = {"migrate_pages", "move_pages", "personality", *(f"clone bit {bit}" for bit in range(17, 31))}


@REAL
@pytest.mark.parametrize("high", [0, 1, 0xFFFFFFFF])
def test_the_kernel_refuses_by_argument(high: int) -> None:
    code = f"""
    before = attempts({high})
    lock()
    tell(before, attempts({high}))
    """
    before, after = told(ATTEMPTS + code)
    special = {"socket": errno.EACCES, "out of band": errno.EOPNOTSUPP}
    assert after == {name: next((special[part] for part in special if part in name), errno.EPERM) for name in after}
    assert {name for name in after if after[name] == before[name]} <= MAY_BE_REFUSED_ANYWAY


@REAL
def test_everybody_and_the_protected_group_are_out_of_reach() -> None:
    code = """
    lock()
    tell(raw("kill", -1, 0), raw("setpgid", 0, group), raw("kill", os.getpid(), 0), raw("kill", 0, 0))
    """
    assert told(code) == [errno.EPERM, errno.EPERM, 0, 0]


@REAL
def test_threads_that_were_there_before_are_filtered() -> None:
    code = """
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        before = pool.submit(raw, "socket", socket.AF_INET, 1, 0).result()
        lock()
        tell(before, pool.submit(raw, "socket", socket.AF_INET, 1, 0).result())
    """
    assert told(code) == [0, errno.EACCES]


@REAL
def test_a_thread_with_a_filter_of_its_own_is_an_error() -> None:
    code = """
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        seccomp.SECCOMP_FILTER_FLAG_TSYNC = 0
        pool.submit(lock).result()
        seccomp.SECCOMP_FILTER_FLAG_TSYNC = 1
        tell(error_of(lock))
    """
    assert told(code) == [errno.ESRCH]


@REAL
def test_without_the_newer_call_the_older_one_filters() -> None:
    code = """
    lock(seccomp.Rule("seccomp", errno.ENOSYS))
    before = raw("socket", socket.AF_INET, 1, 0)
    tell(before, error_of(lock), raw("socket", socket.AF_INET, 1, 0))
    """
    assert told(code) == [0, 0, errno.EACCES]


@REAL
def test_the_older_call_leaves_no_thread_out() -> None:
    code = """
    lock(seccomp.Rule("seccomp", errno.ENOSYS))
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        tell(error_of(lock), raw("socket", socket.AF_INET, 1, 0))
    """
    assert told(code) == [errno.ENOSYS, 0]


@REAL
def test_a_kernel_that_refuses_the_filter_is_an_error() -> None:
    code = """
    lock(seccomp.Rule("seccomp", errno.EACCES))
    tell(error_of(lock))
    """
    assert told(code) == [errno.EACCES]


@REAL
def test_the_filter_of_another_machine_kills_at_once() -> None:
    (other,) = set(MACHINES) - {os.uname().machine}
    code = f"""
    build = seccomp.build
    seccomp.build = lambda _, *more, **options: build({other!r}, *more, **options)
    lock()
    """
    assert run(code).returncode == -signal.SIGSYS


@REAL
@pytest.mark.skipif("os.uname().machine != 'x86_64'", reason="only x86_64 has a second door")
def test_a_32_bit_call_kills() -> None:
    code = """
    import mmap
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex("b814000000 cd80 c3"))  # mov eax, getpid; int 0x80; ret
    getpid = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    print(getpid() == os.getpid(), flush=True)
    lock()
    getpid()
    """
    ended = run(code)
    if ended.stdout != "True\n":
        pytest.skip("this kernel knows no 32-bit calls")
    assert ended.returncode == -signal.SIGSYS


@REAL
def test_python_sees_no_network() -> None:
    code = """
    lock()
    refused = error_of(socket.create_connection, ("127.0.0.1", 9))
    try:
        socket.getaddrinfo("name.invalid", 80)
    except socket.gaierror:
        tell(refused)
    """
    assert told(code) == [errno.EACCES]


@REAL
def test_pinning_to_a_processor_succeeds_and_does_nothing() -> None:
    code = """
    processors = os.sched_getaffinity(0)
    before = error_of(os.sched_setaffinity, 0, set())
    lock()
    tell(before, error_of(os.sched_setaffinity, 0, set()), os.sched_getaffinity(0) == processors)
    """
    assert told(code) == [errno.EINVAL, 0, True]


@REAL
def test_the_signal_at_the_parents_death_stays_set() -> None:
    code = """
    kernel.prctl(1, 9)  # PR_SET_PDEATHSIG
    lock()
    kernel.prctl(1, 0)
    read = ctypes.c_int()
    kernel.prctl(2, ctypes.addressof(read))
    tell(read.value)
    """
    assert told(code) == [signal.SIGKILL]


@REAL
def test_what_libraries_need_works() -> None:
    code = """
    import asyncio, mmap, multiprocessing, resource, subprocess
    from multiprocessing.connection import Client, Listener

    async def shell():
        process = await asyncio.create_subprocess_shell("echo a shell", stdout=subprocess.PIPE)
        return (await process.communicate())[0].decode()

    def greet(listener):
        with listener.accept() as peer:
            peer.send("a unix socket")

    lock()
    ours, theirs = socket.socketpair()
    ours.send(b"a pair")
    with multiprocessing.get_context("fork").Pool(2) as pool:
        forked = pool.map(abs, [-1, -2])
    sleeper = subprocess.Popen(["sleep", "60"])
    sleeper.kill()
    with Listener(None, "AF_UNIX") as listener:
        with concurrent.futures.ThreadPoolExecutor(1) as threads:
            threads.submit(greet, listener)
            with Client(listener.address) as client:
                received = client.recv()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kernel.prctl(15, ctypes.addressof(ctypes.create_string_buffer(b"model")))  # PR_SET_NAME
    os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0))
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)
    tell(theirs.recv(6).decode(), forked, sleeper.wait(), received, asyncio.run(shell()))
    """
    assert told(code) == ["a pair", [1, 2], -signal.SIGKILL, "a unix socket", "a shell\n"]
