"""`predict doctor`: what this machine can enforce, and what is installed."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from predict import __version__
from predict.errors import MORE_SHARED_MEMORY, RunError
from predict.job import GIB, MIB, Limits
from predict.report import Limit
from predict.sandbox import ENFORCES, Worker, available, enforced, with_ours
from predict.sandbox.worker.libraries import LIBRARIES, installed

UNGUARDED, BROKEN = 1, 3
SOCKETS = (
    *("/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock", "/run/crio/crio.sock"),
    *("/run/dbus/system_bus_socket", "/run/systemd/resolve/io.systemd.Resolve"),
)
COMPILE = Path(__file__).parent / "sandbox/worker/accelerate/kernel/compile.py"  # in no wheel
AGAIN = "install numerai-predict again, by pip install --force-reinstall --no-cache-dir"  # pip keeps what it built
WIDTH = 15


class Acceleration(msgspec.Struct, frozen=True):
    """How the kernel for LightGBM models can work on this processor, fastest way first; or why there is none."""

    ways: list[str]
    why_not: str | None


class Diagnosis(msgspec.Struct, frozen=True):
    """Where it runs, in which image; why not for each mechanism, null where it holds; what keeps each promise."""

    runner: str
    image: str | None
    set: str | None
    python: str
    platform: str
    guards: dict[str, str | None]
    limits: list[Limit]
    warnings: list[str]
    acceleration: Acceleration
    libraries: dict[str, str]


def main(argv: Sequence[str]) -> int:
    """Lock an empty room for real, and tell what held; 1 if a promise has nothing to keep it."""
    parser = argparse.ArgumentParser(prog="predict doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    arguments = parser.parse_args(argv)
    try:
        found = diagnose(Limits())
    except RunError as error:
        sys.stderr.write(f"predict doctor: {error.message}\n")
        return BROKEN
    lines = [json.dumps(msgspec.to_builtins(found), indent=2)] if arguments.json else _lines(found)
    with contextlib.suppress(BrokenPipeError):  # `| head` has read enough
        sys.stdout.writelines(f"{line}\n" for line in lines)
    return UNGUARDED if any(limit.enforced_by is None for limit in found.limits) else 0


def diagnose(limits: Limits) -> Diagnosis:
    """Try every mechanism in a process of its own."""
    with Worker(limits, "auto") as worker:
        worker.start()
        mechanisms = with_ours(worker.examine())
        shortfalls = filter(None, (available(limits.cpus).shortfall, *worker.around.shortfalls()))
        warnings = [*shortfalls, *_small_shared_memory(worker.around.small_shared_memory())]
    return Diagnosis(
        runner=os.environ.get("GIT_REF") or __version__,
        image=os.environ.get("PREDICT_IMAGE"),
        set=os.environ.get("PREDICT_SET"),
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.release()} {platform.machine()}",
        guards=mechanisms,
        limits=enforced(limits, mechanisms),
        warnings=[*warnings, *reachable_sockets(own_uid=mechanisms.get("own uid", "") is None)],
        acceleration=acceleration(),
        libraries=installed(),
    )


def acceleration() -> Acceleration:
    """Load the kernel as the worker does: it is there only where a compiler was when this was installed."""
    try:
        from predict.sandbox.worker.accelerate.forest import ways

        return Acceleration(list(ways()), None)
    except (ImportError, OSError) as error:
        again = f"type: {sys.executable} {COMPILE}" if COMPILE.exists() else AGAIN
        return Acceleration([], f"{error}. Install a C++ compiler (Debian, Ubuntu: apt install g++), then {again}")


def _small_shared_memory(size: int | None) -> Iterator[str]:
    """Most models share none, so a run does not speak of it before one dies of it."""
    if size is not None:
        yield f"Shared memory has {size / MIB:,.0f} MiB: a model that shares more dies of SIGBUS. {MORE_SHARED_MEMORY}"


def reachable_sockets(*, own_uid: bool) -> Iterator[str]:
    """Name daemons that do what they are told: no file rule covers their sockets before Landlock's version 9."""
    for path in SOCKETS:
        try:
            mode = Path(path).stat().st_mode
        except OSError:  # not there, or in a folder that is closed to us and so to the models
            continue
        if stat.S_ISSOCK(mode) and (mode & stat.S_IWOTH if own_uid else os.access(path, os.W_OK)):
            yield f"Models can connect to {path}. Run them as a user who may not, or do not mount it."


def _lines(found: Diagnosis) -> Iterator[str]:
    image = f", image {found.image} with the {found.set} set" if found.image else ""
    yield f"numerai-predict {found.runner}, Python {found.python}, {found.platform}{image}"
    yield "\nWhat models are promised, and what keeps it here:"
    for limit in found.limits:
        state = "ok" if limit.enforced_by else "OPEN"
        yield f"  {state:5} {limit.name:{WIDTH}} {_value(limit):12} {limit.enforced_by or 'nothing'}"
    yield "\nMechanisms:"
    for name, why_not in found.guards.items():
        state = "no" if why_not else "ok"
        yield f"  {state:5} {name:{WIDTH}} {ENFORCES[name]}{f'; not here: {why_not}' if why_not else ''}"
    ways, why_not = found.acceleration.ways, found.acceleration.why_not
    yield f"\nLightGBM models: {f'not accelerated: {why_not}' if why_not else f'accelerated, by {ways[0]}'}"
    yield from (f"\nWarning: {warning}" for warning in found.warnings)
    shown = [f"{name} {found.libraries[name]}" for name in LIBRARIES if name in found.libraries]
    yield f"\nLibraries: {', '.join(shown)}; all {len(found.libraries)} with --json"


def _value(limit: Limit) -> str:
    match limit.unit:
        case "bytes":
            return f"{(limit.value or 0) / GIB:.4g} GiB"
        case "seconds":
            return f"{limit.value:g} s"
        case "count":
            return f"{limit.value:g}"
        case None:
            return ""
