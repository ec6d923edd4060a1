"""Hold what is said of pickles to what happens: `python cross.py CACHE [--only NAME ...]`, as `make crossing` does.

Every environment pickles every shape (`generate.py`), and loads and calls what all of them pickled (`load.py`). What
did not run where it was made is left out; of the rest, whatever differs comes from versions. The static reading says
beforehand how each will fare. CACHE keeps the environments, the pickles, and the whole table as JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess  # noqa: TID251  each environment has a Python of its own
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from environments import HERE, Home, homes, made

from predict.inspection.environments import describe
from predict.inspection.facts import Facts
from predict.inspection.gather import gather
from predict.inspection.judge import judge

PROCESSES = os.cpu_count() or 1
ONE_THREAD = os.environ | {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
NOISE = 1e-6
FALSE_ALARMS = 0.02
SHOWN = 20
ROWS = range(50)
STEPS = (2, 3, 4, 6, 7)  # how features a to e go round
SAID = ("runs", "warning", "unknown", "fails")
HAPPENED = ("same", "other", "failed")

Outcome = tuple[str, Any]
"""How far it came, and its numbers or the error's text."""


@dataclass(frozen=True)
class Crossing:
    """One pickle in one environment."""

    pickle: str
    home: str
    target: str
    pythons: tuple[str, ...] | None
    """Who may have made it, by what is said."""
    said: str
    why: str
    happened: str
    how: str

    @property
    def is_wrong_python(self) -> bool:
        """Whether the Python that made it is not among those that are said to be."""
        return self.pythons is not None and _minor(self.home) not in self.pythons

    @property
    def python_fits(self) -> bool:
        """Whether nothing but libraries can decide."""
        return self.pythons is None or _minor(self.target) in self.pythons

    @property
    def line(self) -> str:
        """For people."""
        return f"{self.pickle}, {self.home} to {self.target}: said {self.said} ({self.why}); {self.happened} {self.how}"


def _minor(name: str) -> str:
    return name.partition("-")[0]


def main(arguments: Sequence[str]) -> int:
    """Cross everything; 1 if a bound is broken."""
    parser = argparse.ArgumentParser(prog="cross.py", description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="environments to take, all by default")
    asked = parser.parse_args(arguments)
    cache = asked.cache.resolve()
    there = _there([home for home in homes(cache) if not asked.only or home.name in asked.only])
    pickles = _generate(there, cache)
    frames = _frames(cache)
    outcomes = dict(zip(there, _each(partial(_load, pickles, frames), there), strict=True))
    crossings = list(_crossings(there, pickles, outcomes))
    (cache / "crossings.json").write_text(json.dumps(list(map(asdict, crossings)), indent=1))
    return report(crossings)


def _each(work: Callable[[Home], Any], these: Iterable[Home]) -> list[Any]:
    with ThreadPoolExecutor(PROCESSES) as pool:
        return list(pool.map(work, these))


def _there(wanted: list[Home]) -> list[Home]:
    found = _each(made, wanted)
    for home, is_there in zip(wanted, found, strict=True):
        print(home.name if is_there else f"{home.name} is left out: there is no Python {home.minor} here", flush=True)
    return [home for home, is_there in zip(wanted, found, strict=True) if is_there]


def _generate(there: list[Home], cache: Path) -> dict[Path, Home]:
    """Every pickle, and who made it."""
    shutil.rmtree(cache / "pickles", ignore_errors=True)
    folders = {home: cache / "pickles" / home.name for home in there}
    for folder in folders.values():
        folder.mkdir(parents=True)
    _each(lambda home: _run(home, "generate.py", HERE / "models", folders[home]), there)
    return {path: home for home, folder in folders.items() for path in sorted(folder.glob("*.pkl"))}


def _run(home: Home, script: str, *arguments: Path, given: str = "") -> str:
    command: list[str | Path] = [home.python, "-I", HERE / script, *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, env=ONE_THREAD, check=False)
    if done.returncode:
        raise SystemExit(f"{script} failed in {home.name}:\n{done.stderr}")
    return done.stdout


def _frames(cache: Path) -> tuple[Path, Path]:
    """Live features as they are served, and benchmarks."""
    ids = pd.Index([f"row_{row:02}" for row in ROWS], name="id")
    features = {f"feature_{name}": [row * step % 5 for row in ROWS] for name, step in zip("abcde", STEPS, strict=True)}
    live, benchmarks = cache / "live.parquet", cache / "benchmarks.parquet"
    pd.DataFrame(features, index=ids, dtype="int8").to_parquet(live)
    pd.DataFrame({"benchmark": [row / (len(ROWS) - 1) for row in ROWS]}, index=ids).to_parquet(benchmarks)
    return live, benchmarks


def _load(pickles: Iterable[Path], frames: tuple[Path, Path], target: Home) -> dict[Path, Outcome]:
    """What happens to all of them in one environment."""
    lines = _run(target, "load.py", *frames, given="\n".join(map(str, pickles))).splitlines()
    return {Path(name): (kind, what) for name, kind, what in map(json.loads, lines)}


def _crossings(
    there: list[Home], pickles: dict[Path, Home], outcomes: dict[Home, dict[Path, Outcome]]
) -> Iterator[Crossing]:
    places = {home: describe(home.contents.read_bytes()) for home in there}
    for path, home in pickles.items():
        truth = outcomes[home][path]
        if truth[0] != "ran":
            continue
        with path.open("rb") as file:
            facts = gather(file)
        for target, place in places.items():
            said = judge(facts, place)
            why = " ".join(finding.message for finding in said.findings)
            happened, how = compared(truth[1], outcomes[target][path])
            yield Crossing(path.stem, home.name, target.name, _pythons(facts), said.verdict, why, happened, how)


def _pythons(facts: Facts) -> tuple[str, ...] | None:
    """Who is said to have made it: nobody, if it or some of its code could not be read, for all of it is by one."""
    return () if facts.unreadable or facts.strange else facts.pythons


def compared(truth: list[float], outcome: Outcome) -> tuple[str, str]:
    """Whether it ran with the same numbers, or with others, or failed; and how."""
    kind, what = outcome
    if kind != "ran":
        return "failed", f"({kind}: {what})"
    close = partial(math.isclose, rel_tol=0, abs_tol=NOISE)
    most = max(abs(one - other) for one, other in zip(truth, what, strict=True))
    return ("same", "") if all(map(close, truth, what)) else ("other", f"(numbers, by up to {most:.2g})")


def report(crossings: list[Crossing]) -> int:
    """Print the confusion matrices, and what is out of bounds."""
    once = {(each.home, each.pickle): each for each in crossings}.values()
    ties = sum(len(each.pythons or ()) > 1 for each in once)
    print(f"\n{len(once)} pickles; of {ties} the bytes are the same to several Pythons\n{_matrix(crossings)}")
    print(f"\nOnly where the Python fits:\n{_matrix([each for each in crossings if each.python_fits])}")
    wrong = [each for each in once if each.is_wrong_python]
    missed = [each for each in crossings if each.said == "runs" and each.happened == "failed"]
    warned = [each for each in crossings if each.said == "warning" and each.happened == "failed"]
    failing = [each for each in crossings if each.said == "fails"]
    alarms = [each for each in failing if each.happened == "same"]
    _show("wrong Python versions", wrong)
    _show("said to run, and failed", missed)
    _show("said to run with a warning, and failed", warned)
    _show(f"said to fail, and ran: {len(alarms) / max(1, len(failing)):.2%} of {len(failing)}", alarms)
    silent = [each for each in crossings if each.said == "runs" and each.happened == "other"]
    _show("said to run without a warning, and computed something else", silent)
    return int(bool(wrong or missed) or len(alarms) > FALSE_ALARMS * len(failing))


def _matrix(crossings: list[Crossing]) -> str:
    counts = Counter((each.said, each.happened) for each in crossings)
    lines = [[said, *(str(counts[said, happened]) for happened in HAPPENED)] for said in SAID]
    return "\n".join(f"| {' | '.join(line)} |" for line in [["said", *HAPPENED], ["---"] * 4, *lines])


def _show(title: str, these: list[Crossing]) -> None:
    print(f"\n{len(these)} {title}")
    for each in these[:SHOWN]:
        print(f"- {each.line}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
