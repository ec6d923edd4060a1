"""What a model writes to disk and leaves in shared memory, measured and removed."""

from __future__ import annotations

import os
import subprocess  # noqa: TID251  a test starts real processes
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from predict.sandbox.limits.disk import DEPTH, Usage, Walk, remove, unlinked, usage
from predict.sandbox.limits.shm import SharedMemory

MIB = 1024**2
USER = 234_567
SHARED = "/dev/shm"  # noqa: S108  where the C library keeps it
linux = pytest.mark.skipif("sys.platform != 'linux'", reason="Linux tells what processes hold open")
root = pytest.mark.skipif("os.geteuid() != 0", reason="only root has other users")
not_root = pytest.mark.skipif("os.geteuid() == 0", reason="no folder is closed to root")


@contextmanager
def process(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process that has run some code, and holds what that left it with."""
    program = f"import mmap, os, sys\n{code}\nprint('ready', flush=True)\ninput()"
    command = [sys.executable, "-c", program, *map(str, arguments)]
    stderr = subprocess.STDOUT  # pytest's own is a file without a name, and would count
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        yield running
        running.kill()


def nest(folder: Path, depth: int, name: str = "d") -> None:
    """Make folders in folders, deeper than any path may be long."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        deeper = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(os.open("file", os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_empty_folder_has_nothing(tmp_path: Path) -> None:
    assert usage(tmp_path) == Usage(0, 0, deepest=False)


def test_a_folder_that_is_gone_has_nothing(tmp_path: Path) -> None:
    assert usage(tmp_path / "gone") == Usage(0, 0, deepest=False)


def test_files_folders_and_links_count(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(os.urandom(MIB))
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    found = usage(tmp_path)
    assert (found.files, found.deepest) == (5, False)
    assert MIB <= found.size < 2 * MIB


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "large").write_bytes(os.urandom(MIB))
    inside = tmp_path / "inside"
    inside.mkdir()
    for name, target in (("folder", outside), ("file", outside / "large"), ("loop", inside)):
        (inside / name).symlink_to(target)
    found = usage(inside)
    assert (found.files, found.deepest) == (3, False)
    assert found.size < MIB


def test_a_folder_swapped_for_a_link_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "large").write_bytes(os.urandom(MIB))
    (tmp_path / "link").symlink_to("outside")
    assert usage(tmp_path / "link") == Usage(0, 0, deepest=True)


def test_a_file_with_several_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(os.urandom(MIB))
    (tmp_path / "folder").mkdir()
    os.link(tmp_path / "a", tmp_path / "folder" / "b")
    found = usage(tmp_path)
    assert found.files == 2
    assert MIB <= found.size < 2 * MIB


def test_a_sparse_file_counts_what_it_takes(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1024 * MIB)
    assert usage(tmp_path).size < MIB


@linux
def test_names_may_be_any_bytes(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xff\n\x1b")
    folder.mkdir()
    (folder / os.fsdecode(b"\xfe")).write_bytes(b"")
    assert usage(tmp_path).files == 2


@pytest.mark.parametrize(("depth", "deepest"), [(DEPTH, False), (DEPTH + 1, True), (DEPTH + 20, True)])
def test_what_is_nested_too_deep_is_not_entered(tmp_path: Path, depth: int, deepest: bool) -> None:
    nest(tmp_path, depth)
    assert usage(tmp_path).deepest == deepest
    assert usage(tmp_path).files == (DEPTH + 1)


def test_no_path_is_too_long(tmp_path: Path) -> None:
    nest(tmp_path, 100, "long" * 60)
    assert (usage(tmp_path).files, usage(tmp_path).deepest) == (101, False)
    assert remove(tmp_path)


@not_root
@pytest.mark.parametrize("mode", [0o000, 0o300, 0o400])
def test_a_folder_that_is_closed_to_us_may_hold_anything(tmp_path: Path, mode: int) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "file").write_bytes(b"")
    (tmp_path / "closed").chmod(mode)
    assert usage(tmp_path) == Usage(usage(tmp_path).size, 1, deepest=True)
    (tmp_path / "closed").chmod(0o700)


@not_root
@pytest.mark.parametrize("mode", [0o000, 0o300, 0o600])
def test_a_folder_that_is_closed_to_us_can_be_opened(mode: int, tmp_path: Path) -> None:
    (tmp_path / "closed" / "inner").mkdir(parents=True)
    (tmp_path / "closed" / "inner" / "file").write_bytes(b"x" * 100)
    for folder in ("closed/inner", "closed"):
        (tmp_path / folder).chmod(mode)
    found = usage(tmp_path, unlock=True)
    assert (found.files, found.deepest) == (3, False)


@not_root
def test_no_link_leads_to_what_is_opened(tmp_path: Path) -> None:
    """Whoever puts one in the place of a folder that was just seen."""
    (tmp_path / "other").mkdir(0)
    (tmp_path / "link").symlink_to("other")
    assert usage(tmp_path / "link", unlock=True).deepest
    assert (tmp_path / "other").stat().st_mode & 0o777 == 0
    (tmp_path / "other").chmod(0o700)  # pytest is to remove it


def test_what_goes_while_we_look_is_no_matter(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.txt").write_bytes(b"")
    walk = Walk(tmp_path)
    looks = iter(walk)
    next(looks)
    for name in "abc":
        (tmp_path / name).rmdir()
        (tmp_path / f"{name}.txt").unlink()
    assert not list(looks)
    assert not walk.incomplete


def test_a_folder_that_becomes_a_link_while_we_look_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(b"")
    (tmp_path / "inside" / "folder").mkdir(parents=True)
    walk = Walk(tmp_path / "inside")
    looks = iter(walk)
    next(looks)
    (tmp_path / "inside" / "folder").rmdir()
    (tmp_path / "inside" / "folder").symlink_to(tmp_path / "outside")
    assert not list(looks)
    assert walk.incomplete


@linux
def test_a_look_that_is_given_up_leaves_nothing_open(tmp_path: Path) -> None:
    nest(tmp_path, 3)
    before = names(Path("/proc/self/fd"))
    looks = iter(Walk(tmp_path))
    next(looks)
    del looks
    usage(tmp_path)
    assert names(Path("/proc/self/fd")) == before


NAMELESS = f"""
file = open(sys.argv[1], 'w+b', buffering=0)
file.write(os.urandom({MIB}))
"""


@linux
@pytest.mark.parametrize("more", ["", "os.fork() or input()", "again = os.dup(file.fileno())"])
def test_files_without_a_name_are_found_once(tmp_path: Path, more: str) -> None:
    with process(f"{NAMELESS}os.unlink(sys.argv[1])\n{more}", tmp_path / "file") as holder:
        pids = [holder.pid, *map(int, Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split())]
        assert MIB <= unlinked(pids) < 2 * MIB
        assert usage(tmp_path) == Usage(0, 0, deepest=False)


@linux
@pytest.mark.parametrize("code", [NAMELESS, "os.mkdir(sys.argv[1]); os.open(sys.argv[1], 0); os.rmdir(sys.argv[1])"])
def test_what_has_a_name_or_is_no_file_is_not_taken_for_one(tmp_path: Path, code: str) -> None:
    with process(code, tmp_path / "file") as holder:
        assert unlinked([holder.pid]) == 0


def test_who_is_gone_holds_nothing() -> None:
    with process("") as holder:
        pass
    assert unlinked([holder.pid]) == 0


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """Folders nested deeper than Python's own removal can go: a failed test must not leave them to pytest."""
    for name in ("a", "b", "c/d"):
        (tmp_path / "deep" / name).mkdir(parents=True)
        nest(tmp_path / "deep" / name, 1500)
    yield tmp_path / "deep"
    subprocess.run(["/bin/rm", "-rf", tmp_path / "deep"], check=True)


def test_a_folder_is_removed_with_all_that_is_in_it(deep: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(b"")
    (deep / "a" / "link").symlink_to(tmp_path / "outside")
    assert remove(deep)
    assert names(tmp_path) == ["outside"]
    assert names(tmp_path / "outside") == ["file"]


@not_root
def test_a_folder_that_is_closed_to_us_is_removed(tmp_path: Path) -> None:
    for name, mode in (("a", 0o000), ("b", 0o300), ("c", 0o500)):
        (tmp_path / "top" / name / "d").mkdir(parents=True)
        (tmp_path / "top" / name / "d").chmod(mode)
        (tmp_path / "top" / name).chmod(mode)
    (tmp_path / "top").chmod(0)
    assert remove(tmp_path / "top")


def test_a_link_is_removed_and_not_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(".")
    assert remove(tmp_path / "link")
    assert tmp_path.exists()


def test_what_is_gone_is_gone(tmp_path: Path) -> None:
    assert remove(tmp_path / "gone")


@not_root
def test_what_cannot_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / "closed" / "folder").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o500)
    assert not remove(tmp_path / "closed" / "folder")
    (tmp_path / "closed").chmod(0o700)


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Path]:
    """A folder in shared memory, where there is such a thing."""
    if not os.access(SHARED, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=SHARED) as folder:
        held = os.open(folder, os.O_RDONLY)  # another test's run, as the same user, would take it for left behind
        yield Path(folder)
        os.close(held)


def fill(folder: Path) -> None:
    """Leave a file, a folder and a link."""
    (folder / "file").write_bytes(b"x" * MIB)
    nest_in = folder / "folder"
    nest_in.mkdir()
    nest(nest_in, 3)
    (nest_in / "large").write_bytes(b"x" * MIB)
    (folder / "link").symlink_to(folder / "old")


@pytest.mark.parametrize("uid", [None, USER])
def test_without_shared_memory_nothing_is_left_in_it(tmp_path: Path, uid: int | None) -> None:
    memory = SharedMemory(uid, tmp_path / "missing", str(tmp_path))
    assert (memory.usage(), memory.usage_of([]), memory.clean()) == (0, 0, [])


def test_only_what_is_new_counts_and_is_removed(shared: Path, tmp_path: Path) -> None:
    (shared / "old").write_bytes(b"x" * MIB)
    memory = SharedMemory(None, shared, str(tmp_path))
    assert memory.usage() == 0
    fill(shared)
    assert 2 * MIB <= memory.usage() < 3 * MIB
    assert 2 * MIB <= memory.usage_of([]) < 3 * MIB
    assert sorted(memory.clean()) == ["file", "folder", "link"]
    assert names(shared) == ["old"]
    assert memory.usage() == 0


def test_while_another_run_goes_on_nothing_is_removed_and_the_last_removes_all(shared: Path, tmp_path: Path) -> None:
    first = SharedMemory(None, shared, str(tmp_path))
    (shared / "of the first").write_bytes(b"x" * MIB)
    second = SharedMemory(None, shared, str(tmp_path))
    (shared / "of the second").write_bytes(b"x" * MIB)
    assert (first.usage_of([]), second.usage_of([])) == (0, 0)
    assert first.clean() == []
    assert MIB <= second.usage_of([]) < 2 * MIB
    assert sorted(second.clean()) == ["of the first", "of the second"]
    third = SharedMemory(None, shared, str(tmp_path))
    assert third.clean() == []


@linux
def test_what_others_hold_is_theirs(shared: Path, tmp_path: Path) -> None:
    memory = SharedMemory(None, shared, str(tmp_path))
    fill(shared)
    with process(HOLDS["open"], shared) as holder:
        assert MIB <= memory.usage_of([]) < 2 * MIB
        assert 2 * MIB <= memory.usage_of([holder.pid]) < 3 * MIB
        other = SharedMemory(None, shared, str(tmp_path))
        assert MIB <= memory.usage_of([holder.pid]) < 2 * MIB
        other.clean()


HOLDS = {
    "open": "file = open(sys.argv[1] + '/file')",
    "mapped": """
with open(sys.argv[1] + '/file') as file:
    held = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
os.closerange(3, 64)  # Python keeps a descriptor for the map
""",
    "open in a folder": "file = open(sys.argv[1] + '/folder/large')",
}


@linux
@pytest.mark.parametrize("held", HOLDS)
def test_what_a_living_process_holds_stays(shared: Path, tmp_path: Path, held: str) -> None:
    memory = SharedMemory(None, shared, str(tmp_path))
    fill(shared)
    name = "folder" if "folder" in held else "file"
    with process(HOLDS[held], shared):
        assert sorted(memory.clean()) == sorted({"file", "folder", "link"} - {name})
        assert names(shared) == [name]
        assert (shared / "folder" / "large").exists() == ("folder" in held)
    assert memory.clean() == [name]


@root
def test_other_users_files_are_not_ours(shared: Path, tmp_path: Path) -> None:
    memory = SharedMemory(None, shared, str(tmp_path))
    theirs = SharedMemory(USER, shared)
    fill(shared)
    os.chown(shared / "file", USER, USER)
    assert MIB <= theirs.usage() < 2 * MIB
    assert MIB <= memory.usage() < 2 * MIB
    assert sorted(memory.clean()) == ["folder", "link"]
    assert names(shared) == ["file"]


@root
def test_all_of_a_user_of_its_own_is_removed(shared: Path) -> None:
    (shared / "old").write_bytes(b"x")
    (shared / "other").write_bytes(b"x")
    memory = SharedMemory(USER, shared)
    fill(shared)
    for name in ("old", "file", "folder", "link"):
        os.chown(shared / name, USER, USER, follow_symlinks=False)
    with process(HOLDS["open"], shared):
        assert sorted(memory.clean()) == ["file", "folder", "link", "old"]
    assert names(shared) == ["other"]
