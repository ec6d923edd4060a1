"""Attacks on the room: each model tries one thing; where the guards fail it prints LEAK, or gets another verdict.

One row a model in tests/models: limits, reason, and what the message must tell.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from conftest import ROWS, Run, assert_verdict

from predict.job import MIB, Limits
from predict.sandbox.limits import own_uid
from predict.sandbox.limits.plan import Plan

SOON = Limits(time=1.5)
SMALL = Limits(memory=400 * MIB)
# Those that stand still after their deed end by their own limit in milliseconds; should its guard fail, by the time.
SMALL_SOON = Limits(memory=400 * MIB, time=20)
CROWDED = Limits(processes=256, time=60)
FULL = Limits(disk=64 * MIB, time=20)
FULL_SHM = Limits(disk=32 * MIB, time=20)
MANY = Limits(files=1_000, time=20)

Row = tuple[Limits | None, str | None, str]
GOOD: Row = (None, None, "")

SUCCESS: dict[str, Row] = {
    # ordinary oddities that must not cost a model its verdict
    "hangs_at_exit": GOOD,
    "thread_spins": GOOD,
    "good_warns": GOOD,
    "closes_output": GOOD,
    "breaks_stdout": GOOD,
    "disarms_exit": GOOD,  # the answer came before the process failed to end
    "cannot_exit": GOOD,  # the same by a filter of its own: dies of SIGSEGV after its answer
    "removes_scratch": GOOD,
    "sends_itself_sigxcpu": GOOD,  # faulthandler only dumps
    "hides_from_debuggers": GOOD,
    # memory
    "good_reserves_memory": GOOD,
    "hides_memory_in_memfd": GOOD,
    "hides_memory_in_sysv": GOOD,
    "hides_memory_in_pipes": GOOD,  # 64 MiB a user; 400 MiB with a capability
    "shares_array_with_forks": (Limits(memory=600 * MIB), None, ""),  # five processes map the same 200 MiB
    # processes
    "good_leaves_zombies": GOOD,
    "leaves_daemon": GOOD,
    "leaves_deaf_child": GOOD,
    "daemon_holds_pipes": GOOD,
    "hydra": GOOD,
    "clones_a_sibling": GOOD,
    "calls_clone3": GOOD,
    # network
    "connects_by_tcp": GOOD,
    "sends_udp": GOOD,
    "connects_by_ipv6": GOOD,
    "opens_raw_sockets": GOOD,
    "asks_netlink": GOOD,
    "opens_every_family": GOOD,
    "hides_family_in_high_bits": GOOD,
    "resolves_names": GOOD,  # can only fail where the machine itself has a resolver
    "sets_up_io_uring": GOOD,
    "uses_inherited_sockets": GOOD,
    "connects_in_subprocess": GOOD,
    "connects_in_thread": GOOD,
    "connects_by_x32": GOOD,
    "connects_to_docker": GOOD,  # only where such a daemon runs; a user of its group is stopped by an own uid alone
    "connects_to_abstract_sockets": GOOD,  # Landlock 6 (Linux 6.12); fails on older kernels where somebody listens
    "sends_out_of_band": GOOD,
    # stealing
    "reads_secrets_in_command_lines": GOOD,
    "reads_every_environment": GOOD,
    "reads_parents_memory": GOOD,
    "reads_parents_files": GOOD,
    "reads_memory_by_call": GOOD,
    "traces_parent": GOOD,
    "steals_descriptors": GOOD,
    "reads_credentials": GOOD,  # without Landlock an own uid still reads what is 0644 in a 0755 home
    "reads_secrets_of_the_machine": GOOD,
    "reads_raw_devices": GOOD,
    "reads_neighbours": GOOD,  # needs Landlock: everybody may list / and /tmp
    "searches_its_memory": GOOD,
    # killing and slowing
    "signals_parent": GOOD,
    "signals_parents_group": GOOD,
    "signals_everyone": GOOD,
    "signals_by_other_calls": GOOD,
    "signals_threads_of_parent": GOOD,
    "signals_by_descriptor": GOOD,
    "signals_by_the_kernel": GOOD,
    "limits_parent": GOOD,
    "moves_parent": GOOD,  # cannot fail on a machine with one processor
    "slows_parent": GOOD,
    "slows_parent_by_policy": GOOD,
    "blames_parent_for_memory": GOOD,
    # tampering
    "writes_to_libraries": GOOD,
    "writes_to_runner": GOOD,
    "reopens_its_files": GOOD,
    "reopens_its_files_at_load": GOOD,
    "writes_to_system": GOOD,
    "writes_to_kernel": GOOD,
    "writes_beside_scratch": GOOD,  # needs Landlock: everybody may write to /tmp
    "renames_scratch": GOOD,
    "links_out_of_scratch": GOOD,
    "hardlinks_into_scratch": GOOD,
    "chmods_outside": GOOD,  # Landlock knows no chmod, chown, utime, setxattr: only an own uid refuses them
    "truncates_outside": GOOD,  # Landlock 3 (Linux 6.2), or an own uid
    "makes_devices": GOOD,
    # escalating
    "becomes_root": GOOD,
    "becomes_another_user": GOOD,
    "raises_capabilities": GOOD,
    "unshares": GOOD,
    "clones_into_namespaces": GOOD,
    "joins_parents_namespaces": GOOD,
    "mounts": GOOD,
    "mounts_the_new_way": GOOD,
    "changes_root": GOOD,
    "changes_personality": GOOD,
    "allows_new_privileges": GOOD,
    "clears_death_signal": GOOD,
    "runs_setuid_programs": GOOD,  # can only fail where sudo needs no password, or ping is there
    "filters_itself": GOOD,
    "raises_its_limits": GOOD,
    "takes_all_cpus": GOOD,  # cannot fail on a machine with one processor
    "takes_priority": GOOD,
    "calls_forbidden_doors": GOOD,
    "types_into_terminal": GOOD,
    # disk, output, answers
    "good_sparse_files": GOOD,  # 4 GiB by their size, nothing by their blocks
    "leaves_shm_files": GOOD,
    "leaves_locked_folders": GOOD,
    "leaves_odd_names": GOOD,
    "prints_garbage": GOOD,
    "forges_log_lines": GOOD,
    # The worker's process is the model's: what it writes in turn is its answer, as if returned. So it is judged as one.
    "forges_good_answer": GOOD,
}
FAILED: dict[str, Row] = {
    "raises_1000_deep": (None, "model_raised", "ValueError: link 999"),
    "raises_exception_group": (None, "model_raised", "many sins"),
    "recurses": (None, "model_raised", "RecursionError"),
    "downloads": (None, "model_raised", "Permission denied"),
    "answers_with_raising_frame": (None, "model_raised", "guess my columns"),
    "stdout_exits": (None, "exited_early", "while sending its predictions"),
    "os_exit_97": (None, "bad_answer", "closed the runner's channel"),  # nothing tells it from the worker's own 97
    "execs_true": (None, "exited_early", "exit code 0 while predicting"),
    "overflows_stack": (None, "crashed", "SIGSEGV while predicting"),
    "sends_itself_sigbus": (None, "crashed", "SIGBUS while predicting"),
    "sends_itself_sigfpe": (None, "crashed", "SIGFPE while predicting"),
    "sends_itself_sigill": (None, "crashed", "SIGILL while predicting"),
    "sends_itself_sigsys": (None, "crashed", "SIGSYS while predicting"),
    "sends_itself_sigtrap": (None, "crashed", "SIGTRAP while predicting"),
    "sends_itself_sigpipe": (None, "crashed", "SIGPIPE while predicting"),
    "reads_past_end_of_file": (None, "crashed", "SIGBUS while predicting"),
    "connects_by_int80": (None, "crashed", "SIGSYS while predicting"),  # SIGSEGV on a kernel without 32-bit programs
    "forges_constant_answer": (None, "constant", "1"),  # all ones are what a model may return, and a fault of its own
    "forges_compressed_arrow": (None, "bad_answer", "compressed"),
    "forges_endless_line": (None, "bad_answer", "a line without end"),
    "forges_deep_json": (None, "bad_answer", "channel carried"),
    "forges_negative_size": (None, "bad_answer", "channel carried"),
    "forges_locked_room": (None, "bad_answer", "out of turn"),
    "forges_death": (None, "bad_answer", "channel carried"),
    "pickle_zstd_bomb": (None, "invalid_pickle", "zstd data around no sound pickle"),
    "pickle_truncated": (None, "invalid_pickle", "cut off after 5,000 bytes"),
    # Damage rather than a big model, but a MemoryError is all that shows.
    "pickle_huge_frame": (None, "out_of_memory", "while loading"),
    "pickle_huge_bytes": (None, "out_of_memory", "while loading"),
    "pickle_memo_bomb": (None, "out_of_memory", "while loading"),
    "pickle_runs_command": (None, "not_callable", "an int"),  # and no LEAK
    "pickle_calls_exec": (None, "not_callable", "NoneType"),  # and no LEAK
    "pickle_deep_hash": (None, "crashed", "SIGSEGV while loading"),
    "pickle_deep_lists": (None, "not_callable", "a list"),
    "pickle_odd_state": (None, "invalid_pickle", ""),
    "pickle_poisons_sys": (None, "not_callable", "a module"),
    "pickle_is_only_a_stop": (None, "invalid_pickle", ""),
    "pickle_asks_for_person": (None, "invalid_pickle", ""),
    "pickle_unknown_extension": (None, "invalid_pickle", "extension codes"),
    "pickle_long_number": (None, "invalid_pickle", ""),
}
LIMITED: dict[str, Row] = {
    "loops_in_blas": (SOON, "timeout", 'still predicting after 1.5 s, at "'),
    "blocks_all_signals": (SOON, "timeout", "still predicting after 1.5 s"),
    "ignores_all_signals": (SOON, "timeout", "still predicting after 1.5 s"),
    "waits_for_stopped_child": (SOON, "timeout", 'still predicting after 1.5 s, at "'),
    "deadlocks": (SOON, "timeout", 'still predicting after 1.5 s, at "'),
    "waits_on_dead_pool": (SOON, "timeout", 'still predicting after 1.5 s, at "'),
    "waits_on_fifo": (SOON, "timeout", 'still predicting after 1.5 s, at "'),
    "hangs_in_vfork": (SOON, "timeout", "still predicting after 1.5 s"),
    "execs_sleep": (SOON, "timeout", "still predicting after 1.5 s"),
    "main_thread_leaves": (SOON, "timeout", "still predicting after 1.5 s"),
    "answers_with_hanging_frame": (SOON, "timeout", "still sending its predictions after 1.5 s"),
    "plays_hide_and_seek": (Limits(time=3), "timeout", "still predicting after 3 s"),
    "fills_trace": (SOON, "timeout", "still predicting after 1.5 s"),
    "pickle_never_ends": (SOON, "timeout", "still loading the pickle after 1.5 s"),
    "pickle_laughs_in_time": (SOON, "timeout", "still loading the pickle after 1.5 s"),
    "pickle_gzip_bomb": (SOON, "timeout", "still loading the pickle after 1.5 s"),
    "eats_memory_in_small_objects": (SMALL_SOON, "out_of_memory", "of 400 MiB while predicting"),
    "eats_memory_in_shared_mappings": (SMALL_SOON, "out_of_memory", "of 400 MiB while predicting"),
    "eats_memory_in_many_forks": (SMALL_SOON, "out_of_memory", "of 400 MiB while predicting"),
    "eats_memory_in_orphan": (SMALL_SOON, "out_of_memory", "of 400 MiB while predicting"),
    # Neither RssAnon nor PSS counts page tables: VmPTE of /proc/PID/status does, and a cgroup of the run's own.
    "eats_memory_in_page_tables": (SMALL_SOON, "out_of_memory", "of 400 MiB while predicting"),
    "swallows_memory_errors": (SMALL_SOON, "out_of_memory", "of 400 MiB while predicting"),
    "pickle_laughs_in_memory": (SMALL_SOON, "out_of_memory", "while loading"),
    # These count as disk everywhere; where a cgroup counts shared memory too, keep the memory limit far above.
    "hides_memory_in_dev_shm": (FULL_SHM, "disk_limit", "while predicting"),
    "hides_memory_in_unlinked_shm": (FULL_SHM, "disk_limit", "while predicting"),
    # Where RLIMIT_NPROC or a pids cgroup refuses the next one, the model stands still just at the limit.
    "fork_bomb": (CROWDED, "process_limit", "while predicting"),
    "forks_many_children": (CROWDED, "process_limit", "while predicting"),
    "thread_bomb": (CROWDED, "process_limit", "while predicting"),
    "zombie_flood": (CROWDED, "process_limit", "while predicting"),  # only if the dead and unburied count as well
    # RLIMIT_FSIZE may be first, and the model raise OSError (EFBIG): the verdict should be the same.
    "floods_disk_with_one_file": (FULL, "disk_limit", ""),
    "floods_disk_with_big_files": (FULL, "disk_limit", "while predicting"),
    "floods_disk_with_empty_files": (MANY, "disk_limit", "while predicting"),
    "floods_disk_with_folders": (MANY, "disk_limit", "while predicting"),
    "floods_disk_unlinked": (FULL, "disk_limit", "while predicting"),
    # Mapped, unlinked and closed: only the free space of a file system of its own, or root by map_files, shows these.
    "floods_disk_mapped": (Limits(disk=64 * MIB, time=8), "disk_limit", "while predicting"),
    "floods_disk_by_fallocate": (FULL, "disk_limit", "while predicting"),
    "floods_disk_deep_down": (FULL, "disk_limit", "while predicting"),
    "floods_disk_in_closed_folder": (FULL, "disk_limit", "while predicting"),
    "floods_stderr": (Limits(output=2 * MIB), "output_too_large", "printed more than 2 MiB"),
    "prints_endless_line": (Limits(output=2 * MIB), "output_too_large", "printed more than 2 MiB"),
    "floods_from_child": (Limits(output=2 * MIB), "output_too_large", "printed more than 2 MiB"),
}
ERROR: dict[str, Row] = {
    # Nothing tells a signal that it sent itself from one of the machine's: only these two are so blamed.
    "sends_itself_sigterm": (None, "killed_from_outside", "SIGTERM"),
    "kills_its_group": (None, "killed_from_outside", "SIGKILL"),
}


ALONE = pytest.mark.alone
# What other runs of the same user may have made is not held against it; and a container's /dev/shm has but 64 MiB.
# And what a disk lost is seen only while no other test gives it as much back.
NEIGHBOURLY = {"hides_memory_in_dev_shm", "hides_memory_in_unlinked_shm", "floods_disk_mapped"}
X86_64 = {"connects_by_int80", "connects_by_x32"}
CANARY = "PRESIGNED"
FORGED = re.compile(r"^(::|##|ERROR:root:Forged)", re.MULTILINE)


def _skip_where_it_means_nothing(name: str) -> None:
    if sys.platform != "linux":
        pytest.skip("the room has its doors on Linux only")
    if name in X86_64 and os.uname().machine != "x86_64":
        pytest.skip("only x86_64 has this door")
    if name == "connects_to_docker" and own_uid.why_not(Plan(0, 0, 0, 0)):
        pytest.skip("before Landlock 9 nothing keeps a user from the sockets that are his")
    if name == "floods_disk_mapped" and not _sees_what_is_mapped():
        pytest.skip("only root with CAP_SYS_ADMIN can look at what a process has mapped and closed")


def _sees_what_is_mapped() -> bool:
    try:
        with os.scandir("/proc/self/map_files") as entries:
            return all(entry.stat() for entry in entries)
    except OSError:
        return False


@pytest.fixture
def attack(
    pickled: Callable[[str], Path], run: Run, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, Row, str], str]:
    """Run one attack; check its verdict, and that nothing leaked or lives. Return the log."""
    monkeypatch.setenv("PREDICT_POST_URL", f"http://localhost/?{CANARY}")

    def run_attack(name: str, row: Row, status: str) -> str:
        _skip_where_it_means_nothing(name)
        limits, reason, evidence = row
        with caplog.at_level("INFO"):
            report = run(pickled(name), limits=limits or Limits(time=60))
        assert_verdict(report, status, reason)
        assert evidence in report.message
        assert report.predictions is None or report.predictions.rows == ROWS
        assert [line for line in caplog.messages if "LEAK" in line] == []
        for pid in re.findall(r"daemon (\d+)", caplog.text):
            assert not psutil.pid_exists(int(pid))
        return caplog.text

    return run_attack


Attack = Callable[[str, Row, str], str]


@pytest.mark.parametrize("name", SUCCESS)
def test_attacks_that_fail_cost_nothing(name: str, attack: Attack) -> None:
    attack(name, SUCCESS[name], "Success")


@pytest.mark.parametrize("name", FAILED)
def test_attacks_that_end_the_model_are_its_fault(name: str, attack: Attack) -> None:
    attack(name, FAILED[name], "Failed")


@pytest.mark.parametrize("name", [pytest.param(name, marks=ALONE if name in NEIGHBOURLY else ()) for name in LIMITED])
def test_attacks_on_limits_end_at_the_limit(name: str, attack: Attack) -> None:
    attack(name, LIMITED[name], "Failed")


@pytest.mark.parametrize("name", ERROR)
def test_signals_that_anybody_could_have_sent_are_not_the_models_fault(name: str, attack: Attack) -> None:
    attack(name, ERROR[name], "Error")


def test_a_hydra_is_dead_after_the_verdict(attack: Attack) -> None:
    attack("hydra", GOOD, "Success")
    assert [process.pid for process in psutil.process_iter(["name"]) if process.info["name"] == "hydra"] == []


@ALONE
def test_shared_memory_is_cleaned_after_the_verdict(attack: Attack) -> None:
    log = attack("leaves_shm_files", GOOD, "Success")
    (names,) = re.findall(r"shm (\S+ \S+)", log)
    assert not any(Path("/dev/shm", name).exists() for name in names.split())  # noqa: S108  where it is


def test_a_model_forges_no_line_of_the_log(attack: Attack) -> None:
    assert not FORGED.search(attack("forges_log_lines", GOOD, "Success"))


def test_who_wants_the_network_is_told_that_there_is_none(pickled: Callable[[str], Path], run: Run) -> None:
    assert "Models have no network" in (run(pickled("downloads")).hint or "")
