"""The process that accelerating.py measures: unpickle a booster and predict, once or again and again.

python predicting.py TASK RESULT: a task as JSON, and the file that the result goes to.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import resource  # noqa: TID251  it counts switches, and limits nothing
import sys
import time
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from predict.sandbox.limits.threads import environment
from predict.sandbox.worker.parallel import cap

MIB = 1024**2


@dataclass(frozen=True)
class Task:
    """What to do.

    `cpus` is what libraries are told that there are; `asked` the threads that the model asks for (0: it does not ask).
    The rows are predicted in so many `parts`; turns are repeated until they took `least` CPU seconds.
    """

    model: str
    rows: int
    features: int
    accelerated: bool = False
    frame: bool = False
    cpus: int = 1
    asked: int = 0
    parts: int = 1
    least: float = 0


@dataclass(frozen=True)
class Result:
    """What it took: CPU seconds and wall seconds of a turn, MiB; `own` is what imports and features did not hold."""

    load: float
    predict: float
    wall: float
    first: float
    turns: int
    switch: float  # on
    peak: float
    own: float
    threads: int
    switches: int
    digest: str
    served: dict[str, Any]

    @property
    def cpu(self) -> float:
        """CPU seconds of a turn."""
        return self.load + self.predict


@dataclass(frozen=True)
class Turn:
    """One time: load, predict."""

    load: float
    predict: float
    wall: float


def main() -> None:
    """Do the task."""
    task = Task(**json.loads(sys.argv[1]))
    os.environ.update(environment(task.cpus))  # before any library is loaded: they look once
    cap(task.cpus)
    start = time.process_time()
    served = _switch_on(task.cpus) if task.accelerated else None
    switch = time.process_time() - start
    features = _features(task)
    before, held, switches = _peak(), _forget_peak(), _switches()
    turns, digest = _turns(task, features)
    switches, peak = _switches() - switches, _peak()
    facts = served.facts() if served else {}
    scheduled = (_status("Threads"), switches)
    result = Result(*_means(turns), switch, max(before, peak), peak - held, *scheduled, digest, facts)
    Path(sys.argv[2]).write_text(json.dumps(asdict(result)))


def _switch_on(cpus: int) -> Any:
    from predict.sandbox.worker.accelerate import library, switch_on

    del library  # it loads the kernel, which would else be a part of importing LightGBM
    return switch_on(cpus)


def _features(task: Task) -> Any:
    """Import all that a turn needs, too: that is not measured."""
    import lightgbm  # noqa: F401
    import pandas as pd
    from boosters import matrix, names

    values = matrix(task.rows, task.features)
    return pd.DataFrame(values, columns=names(task.features)) if task.frame else values


def _turns(task: Task, features: Any) -> tuple[list[Turn], str]:
    turns: list[Turn] = []
    digests = set()
    while not turns or sum(turn.load + turn.predict for turn in turns) < task.least:
        turn, predictions = _turn(task, features)
        turns.append(turn)
        digests.add(hashlib.sha256(b"".join(part.tobytes() for part in predictions)).hexdigest())
    if len(digests) > 1:
        sys.exit(f"{task}: the turns of one process predicted differently")
    return turns, digests.pop()


def _turn(task: Task, features: Any) -> tuple[Turn, list[Any]]:
    wall, start = time.perf_counter(), time.process_time()
    with Path(task.model).open("rb") as file:
        booster = pickle.load(file)  # noqa: S301  we wrote it
    loaded = time.process_time()
    predictions = _predict(task, booster, features)
    done = time.process_time()
    return Turn(loaded - start, done - loaded, time.perf_counter() - wall), predictions


def _predict(task: Task, booster: Any, features: Any) -> list[Any]:
    asked = {"num_threads": task.asked} if task.asked else {}
    size = -(-task.rows // task.parts)
    return [booster.predict(features[start : start + size], **asked) for start in range(0, task.rows, size)]


def _means(turns: list[Turn]) -> tuple[float, float, float, float, int]:
    load, predict, wall = (mean(each) for each in zip(*map(astuple, turns), strict=True))
    return load, predict, wall, turns[0].load + turns[0].predict, len(turns)


def _switches() -> int:
    """How often a thread had to let another one run."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw


def _peak() -> float:
    return _status("VmHWM") * 1024 / MIB


def _forget_peak() -> float:
    """Let the peak begin anew: what importing needed for a moment is not the model's."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _status(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found, name  # noqa: S101  Linux has them all
    return int(found[1])


if __name__ == "__main__":
    main()
