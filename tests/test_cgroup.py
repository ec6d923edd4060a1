"""Control groups: real ones where the tests were given a place for them, and the shapes that others have."""

from __future__ import annotations

import os
import signal  # noqa: TID251  it ends what it started
import subprocess  # noqa: TID251  a test starts real processes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from predict.sandbox.limits import cgroup
from predict.sandbox.limits.cgroup import V1, V2, Counters, Made, make, own

MIB = 1024**2
LIMIT = 64 * MIB
HELD = 24 * MIB
PLACE = os.environ.get("TEST_CGROUP")
STAT = "anon 70\nfile 500\nkernel 30\nshmem 200\nfile_mapped 1\n"
TOTAL = "cache 1\nshmem 1\ntotal_cache 500\ntotal_rss 70\ntotal_shmem 200\n"

Tree = dict[str, str]


def found(root: Path, line: str, files: Tree) -> Counters | None:
    """The own group of a process whose /proc/self/cgroup has this line, where these files are mounted."""
    (root / "proc").write_text(line)
    for name, text in files.items():
        file = root / "mounts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return own(root / "proc", root / "mounts")


def facts(group: Counters | None) -> tuple[int | None, int | None, int | None, int]:
    assert group is not None
    return group.limit(), group.used(), group.peak(), group.oom_kills()


def version_2(folder: str, usage: int = 1000) -> Tree:
    files = {"max": "max\n", "current": f"{usage}\n", "peak": "2000\n", "stat": STAT, "events": "oom 9\noom_kill 3\n"}
    return {f"{folder}memory.{name}": text for name, text in files.items()}


def version_1(folder: str, usage: int = 1000) -> Tree:
    events = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"
    files = {"usage_in_bytes": f"{usage}\n", "max_usage_in_bytes": "2000\n", "stat": TOTAL, "oom_control": events}
    return {f"memory/{folder}memory.{name}": text for name, text in files.items()}


def test_version_2_is_read(tmp_path: Path) -> None:
    group = found(tmp_path, "0::/a/b\n", {**version_2("a/b/"), "a/memory.max": "5000\n", "memory.max": "6000\n"})
    assert facts(group) == (5000, 700, 2000, 3)
    assert group is not None
    assert group.where == f"cgroup v2 at {tmp_path}/mounts/a/b"


def test_version_1_is_read(tmp_path: Path) -> None:
    files = {**version_1("a/"), "memory/a/memory.limit_in_bytes": "5000\n"}
    assert facts(found(tmp_path, "4:cpu,memory:/a\n0::/\n", files)) == (5000, 700, 2000, 3)


@pytest.mark.parametrize("none", ["9223372036854771712\n", "9223372036854775807\n"])
def test_version_1_says_that_there_is_no_limit_with_a_number(tmp_path: Path, none: str) -> None:
    group = found(tmp_path, "4:memory:/a\n", {**version_1("a/"), "memory/a/memory.limit_in_bytes": none})
    assert facts(group) == (None, 700, 2000, 3)


def test_a_machine_with_both_versions_counts_where_the_controller_is(tmp_path: Path) -> None:
    files = {**version_1("a/"), "unified/b/cgroup.procs": "", "unified/memory.pressure": ""}
    group = found(tmp_path, "9:name=systemd:/c\n4:memory:/a\n0::/b\n", files)
    assert group is not None
    assert group.folder == tmp_path / "mounts/memory/a"


def test_the_controller_may_be_in_the_unified_tree_of_both(tmp_path: Path) -> None:
    files = {f"unified/{name}": text for name, text in version_2("b/").items()}
    assert facts(found(tmp_path, "9:name=systemd:/c\n0::/b\n", files)) == (None, 700, 2000, 3)


@pytest.mark.parametrize("path", ["/docker/f00", "/../f00", "/.."])
@pytest.mark.parametrize("version", [1, 2])
def test_a_containers_own_group_is_the_root_that_it_sees(tmp_path: Path, path: str, version: int) -> None:
    inner = {1: version_1("docker/", usage=9), 2: version_2("docker/", usage=9)}[version]  # a container in this one
    files = {**{1: version_1(""), 2: version_2("")}[version], **inner}
    line = {1: f"4:memory:{path}\n", 2: f"0::{path}\n"}[version]
    (tmp_path / "f00").mkdir()
    (tmp_path / "f00" / "memory.current").write_text("9")
    assert facts(found(tmp_path, line, files))[1] == 700


def test_a_group_without_the_controller_is_counted_by_the_one_above(tmp_path: Path) -> None:
    group = found(tmp_path, "0::/a/b/c\n", {**version_2("a/"), "a/b/c/cgroup.procs": ""})
    assert group is not None
    assert group.folder == tmp_path / "mounts/a"


def test_gvisor_has_only_the_usage(tmp_path: Path) -> None:
    group = found(tmp_path, "4:memory:/\n", {"memory/memory.usage_in_bytes": "1000\n"})
    assert facts(group) == (None, 1000, None, 0)


@pytest.mark.parametrize(
    ("line", "files"),
    [
        pytest.param("0::/\n", {"memory.stat": STAT, "cgroup.procs": ""}, id="root of version 2"),
        pytest.param("4:memory:/\n", {**version_1(""), "memory/release_agent": "\n"}, id="root of version 1"),
        pytest.param("0::/a\n", {}, id="nothing mounted"),
        pytest.param("4:cpu:/a\n", version_2("a/"), id="no memory controller"),
        pytest.param("nonsense\n\n:\n", version_2(""), id="odd lines"),
        pytest.param("", version_2(""), id="no lines"),
    ],
)
def test_where_nothing_counts_there_is_no_group(tmp_path: Path, line: str, files: Tree) -> None:
    assert found(tmp_path, line, files) is None


def test_no_proc_is_no_group(tmp_path: Path) -> None:
    assert own(tmp_path / "missing") is None


@pytest.mark.parametrize("odd", ["", "\n", "many\n", "-1\n", "1 2\n", "\N{SUPERSCRIPT TWO}\n"])
def test_odd_contents_say_nothing(tmp_path: Path, odd: str) -> None:
    names = ("memory.max", "memory.current", "memory.peak", "memory.events")
    assert facts(found(tmp_path, "0::/\n", dict.fromkeys(names, odd))) == (None, None, None, 0)


def test_a_counter_with_an_odd_value_is_0(tmp_path: Path) -> None:
    files = {**version_2(""), "memory.events": "oom_kill\noom_kill x\n", "memory.stat": "file many\nshmem 200"}
    assert facts(found(tmp_path, "0::/\n", files)) == (None, 1200, 2000, 0)


def test_a_group_that_is_gone_says_nothing(tmp_path: Path) -> None:
    assert facts(Counters(tmp_path / "gone", V2, tmp_path)) == (None, None, None, 0)


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ("0::/a/b\n", "a/b/"),
        ("0::/a/b/c\n", "a/b/"),
        ("0::/gone\n", ""),
        ("9:pids:/a\n", "pids/a/"),
        ("0::/a\n", "unified/a/"),
    ],
)
def test_the_limit_of_processes_is_read(line: str, folder: str, tmp_path: Path) -> None:
    files = {f"{folder}pids.max": "100\n", f"{folder}pids.events": "max 3\n", "a/b/c/cgroup.procs": ""}
    found(tmp_path, line, files)
    tasks = cgroup.tasks(tmp_path / "proc", tmp_path / "mounts")
    assert tasks is not None
    assert (tasks.limit(), tasks.refused()) == (100, 3)


def test_no_limit_of_processes(tmp_path: Path) -> None:
    found(tmp_path, "0::/\n", {"pids.max": "max\n"})
    tasks = cgroup.tasks(tmp_path / "proc", tmp_path / "mounts")
    assert tasks is not None
    assert (tasks.limit(), tasks.refused()) == (None, 0)
    assert cgroup.tasks(tmp_path / "proc", tmp_path / "nowhere") is None


@pytest.mark.parametrize("names", [V1, V2])
def test_an_ordinary_folder_is_not_taken_for_a_group(tmp_path: Path, names: cgroup.Names) -> None:
    reason = make(LIMIT, Counters(tmp_path, names, tmp_path))
    assert reason == f"cgroup v{names.version} at {tmp_path}: what is made there is no group"
    assert not list(tmp_path.iterdir())


def test_no_group_can_be_made_where_there_is_no_folder(tmp_path: Path) -> None:
    reason = make(LIMIT, Counters(tmp_path / "gone", V2, tmp_path))
    assert reason == f"cgroup v2 at {tmp_path}/gone: No such file or directory"


def test_no_group_can_be_made_outside_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroup, "own", lambda: None)
    assert make(LIMIT) == "no control group counts our memory"


def test_we_are_in_the_group_that_is_ours() -> None:
    group = own()
    if group is None or str(os.getpid()) not in (group.folder / "cgroup.procs").read_text().split():
        pytest.skip("no control group of this process's own counts its memory")
    held = b"x" * HELD
    assert len(held) <= (group.used() or 0)


@pytest.fixture
def made() -> Iterator[Made]:
    if PLACE is None:
        pytest.skip("making control groups needs one without processes that the tests may change: TEST_CGROUP")
    names = V2 if Path(PLACE, "cgroup.controllers").exists() else V1
    group = make(LIMIT, Counters(Path(PLACE), names, Path(PLACE)))
    assert isinstance(group, Made), group
    yield group
    assert group.remove()


@contextmanager
def inside(group: Made, code: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has entered the group and run some code; it goes on when it is sent a line."""
    enter = f"import mmap, os\nwith open({str(group.procs)!r}, 'w') as procs: procs.write('0')\n"
    program = f"{enter}{code}\nprint('ready', flush=True)\ninput()\nmore = b'x' * {2 * LIMIT}\n"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


HOLDERS = {
    "private": f"held = b'x' * {HELD}",
    "shared": f"held = mmap.mmap(-1, {HELD}); held.write(b'x' * {HELD})",
    "memfd": f"held = os.memfd_create('hidden'); [os.write(held, b'x' * {MIB}) for _ in range({HELD // MIB})]",
}


@pytest.mark.parametrize("code", HOLDERS.values(), ids=list(HOLDERS))
def test_memory_of_every_kind_is_counted(made: Made, code: str) -> None:
    with inside(made, code):
        assert HELD <= (made.used() or 0) <= (made.peak() or LIMIT) <= LIMIT
        assert made.limit() == LIMIT


def test_the_page_cache_is_not_counted(made: Made, tmp_path: Path) -> None:
    if os.major(tmp_path.stat().st_dev) == 0:
        pytest.skip("files here may be in memory for good: the tests' temporary folder is on no disk")
    write = f"with open({str(tmp_path / 'file')!r}, 'wb') as file: file.write(b'x' * {HELD}); os.fsync(file.fileno())"
    with inside(made, write):
        assert 0 < (made.used() or 0) < HELD


def test_the_kernel_kills_who_takes_more_and_it_shows(made: Made) -> None:
    with inside(made, "") as process:
        assert made.oom_kills() == 0
        process.communicate("more\n", timeout=60)
        assert process.returncode == -signal.SIGKILL
    assert made.oom_kills() > 0  # version 2 counts the one who was chosen twice
    assert LIMIT // 2 < (made.peak() or LIMIT) <= LIMIT
    assert made.remove()
    assert made.remove()
    assert not made.folder.exists()


def test_a_group_with_a_process_is_only_removed_where_the_kernel_can_end_it(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cgroup, "TRIES", 2 if made.names is V1 else cgroup.TRIES)
    with inside(made, "") as process:
        assert made.remove() == (made.names is V2)
        assert made.folder.exists() == (made.names is V1)
        process.kill()
        assert process.wait(timeout=60) == -signal.SIGKILL


def test_inside_a_group_with_processes_only_version_1_has_limits(made: Made) -> None:
    with inside(made, ""):
        inner = make(LIMIT // 2, made)
        if made.names is V1:
            assert isinstance(inner, Made)
            assert inner.limit() == LIMIT // 2
            assert inner.remove()
        else:
            assert inner == f"{made.where}: it has processes, so no group inside it can have a limit"
            assert not list(made.folder.glob("predict-*"))
