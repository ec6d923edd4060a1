"""How many CPUs a run has: with real affinity and real quotas, and with the groups that other machines have."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess  # noqa: TID251  a test starts real processes
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import predict
from predict.sandbox.limits import cgroup
from predict.sandbox.limits.cpus import Cpus, affinity, available, quota

ROOT = str(Path(predict.__file__).parents[1])
PERIOD = 100_000
MAX = "max 100000\n"
ONE_AND_A_HALF = "150000 100000\n"

Tree = dict[str, str]


def mounted(root: Path, line: str, files: Tree) -> tuple[Path, Path]:
    """A process whose /proc/self/cgroup has this line, where these files are mounted."""
    (root / "proc").write_text(line)
    for name, text in files.items():
        file = root / "mounts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root / "proc", root / "mounts"


def version_1(folder: str, time: int, period: int = PERIOD) -> Tree:
    return {f"cpu/{folder}cpu.cfs_quota_us": f"{time}\n", f"cpu/{folder}cpu.cfs_period_us": f"{period}\n"}


QUOTAS: dict[str, tuple[str, Tree, float | None]] = {
    "version 2": ("0::/a\n", {"a/cpu.max": ONE_AND_A_HALF}, 1.5),
    "version 2, no quota": ("0::/a\n", {"a/cpu.max": MAX}, None),
    "version 2, the group above has less": (
        "0::/a/b\n",
        {"a/b/cpu.max": "400000 100000\n", "a/cpu.max": "5 10\n"},
        0.5,
    ),
    "version 2, only the group above has one": ("0::/a/b\n", {"a/b/cpu.max": MAX, "a/cpu.max": "300000 100000\n"}, 3),
    "version 2, no controller below": ("0::/a/b\n", {"a/b/cgroup.procs": "", "a/cpu.max": ONE_AND_A_HALF}, 1.5),
    "version 2, a container": ("0::/../f00\n", {"cpu.max": ONE_AND_A_HALF}, 1.5),
    "version 1": ("3:cpu,cpuacct:/a\n0::/\n", version_1("a/", 50_000, 20_000), 2.5),
    "version 1, no quota": ("3:cpu,cpuacct:/a\n", version_1("a/", -1), None),
    "version 1, the group above has less": (
        "3:cpu:/a/b\n",
        {**version_1("a/b/", -1), **version_1("a/", 2 * PERIOD), **version_1("", -1)},
        2,
    ),
    "version 1, a container": ("3:cpu,cpuacct:/docker/f00\n", version_1("", PERIOD), 1),
    "both versions": ("3:memory:/c\n0::/b\n", {"unified/b/cpu.max": ONE_AND_A_HALF}, 1.5),
    "another controller's group": ("3:cpuset:/a\n", version_1("a/", PERIOD), None),
    "not mounted": ("0::/a\n", {}, None),
    "no lines": ("", {"cpu.max": ONE_AND_A_HALF}, None),
    "odd: nothing": ("0::/\n", {"cpu.max": "\n"}, None),
    "odd: one number": ("0::/\n", {"cpu.max": "100000\n"}, None),
    "odd: no period": ("0::/\n", {"cpu.max": "100000 0\n"}, None),
    "odd: no time": ("0::/\n", {"cpu.max": "0 100000\n"}, None),
    "odd: words": ("0::/\n", {"cpu.max": "some much\n"}, None),
}


@pytest.mark.parametrize("kind", QUOTAS)
def test_a_quota_is_read(kind: str, tmp_path: Path) -> None:
    line, files, cpus = QUOTAS[kind]
    assert quota(*mounted(tmp_path, line, files)) == cpus


def test_a_part_of_a_cpu_is_one_to_start_threads_for(tmp_path: Path) -> None:
    place = mounted(tmp_path, "0::/\n", {"cpu.max": "50000 100000\n"})
    assert available(1, *place) == Cpus(1, "Models can use 0.5 CPUs here (cgroup quota), less than the 1 of --cpus.")


def test_without_quota_it_is_what_was_asked_for(tmp_path: Path) -> None:
    assert available(1, *mounted(tmp_path, "0::/\n", {"cpu.max": MAX})) == Cpus(1, None)


def test_a_quota_above_the_affinity_changes_nothing(tmp_path: Path) -> None:
    here = affinity()
    place = mounted(tmp_path, "0::/\n", {"cpu.max": f"{(here + 1) * PERIOD} {PERIOD}\n"})
    assert available(here, *place) == Cpus(here, None)
    found = available(here + 9, *place)
    assert found.count == here
    assert "(affinity)" in (found.shortfall or "")


TOLD = "; from predict.sandbox.limits.cpus import available; print([available(asked).count for asked in (1, 8)])"
PINNED = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"


def told(start: str) -> list[int]:
    """What 1 and 8 CPUs come to in a process that starts like this."""
    program = [sys.executable, "-c", start + TOLD]
    ended = subprocess.run(program, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": ROOT})
    counts: list[int] = json.loads(ended.stdout)
    return counts


@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux has affinity")
def test_the_affinity_counts() -> None:
    assert told(PINNED) == [1, 1]


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group with a quota of half a CPU, inside our own."""
    paths = cgroup.memberships(cgroup.read(cgroup.PROC), "cpu")
    made = cgroup.MOUNTS / ("cpu" if 1 in paths else "") / paths.get(1, paths.get(2, "/")).lstrip("/") / "predict-test"
    with contextlib.suppress(OSError):
        made.mkdir()
    try:
        name, text = ("cpu.cfs_quota_us", f"{PERIOD // 2}") if 1 in paths else ("cpu.max", f"{PERIOD // 2} {PERIOD}")
        if not os.access(made / name, os.W_OK):
            pytest.skip("no control group with a quota can be made here")
        (made / name).write_text(text)
        yield made
    finally:
        with contextlib.suppress(OSError):
            made.rmdir()


def test_a_real_quota_counts(group: Path) -> None:
    assert told(f"open({str(group / 'cgroup.procs')!r}, 'w').write('0')") == [1, 1]


@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux has affinity")
def test_a_run_has_no_more_than_there_are_and_its_report_says_so(
    live: Path, tmp_path: Path, pickled: Callable[[str], Path]
) -> None:
    words = ["--model", pickled("good_counts_cpus"), "--dataset", live, "--output_dir", tmp_path, "--cpus", "8"]
    code = f"{PINNED}; os.execv(sys.executable, [sys.executable, '-m', 'predict', *sys.argv[1:]])"
    program = [sys.executable, "-c", f"import sys; {code}", *map(str, words), "--report", str(tmp_path / "r")]
    ended = subprocess.run(program, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    report = json.loads((tmp_path / "r").read_text())
    assert {limit["name"]: limit["value"] for limit in report["limits"]}["cpus"] == 1
    assert report["warnings"] == ["Models can use 1 CPU here (affinity), less than the 8 of --cpus."]
