"""`predict inspect model.pkl`: the command line of it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from predict.errors import PlatformError
from predict.inspection.best import best, docker_line, everywhere
from predict.inspection.environments import here, images
from predict.inspection.facts import Facts
from predict.inspection.finding import Judgement, Verdict
from predict.inspection.judge import judge
from predict.job import Limits
from predict.paths import what_is_wrong_with
from predict.sandbox import Worker
from predict.sandbox.worker.libraries import installed

EXIT_CODES: dict[Verdict, int] = {"runs": 0, "warning": 0, "fails": 1, "unknown": 3}
BROKEN = 3


class Inspection(msgspec.Struct, frozen=True):
    """What a file tells, and what is to be expected: here, and in each image."""

    file: str
    facts: Facts
    here: Judgement
    images: list[Judgement]
    best: str | None
    """The image to take."""
    command: str | None
    """What to type to run it there."""
    exit_code: int


def main(argv: Sequence[str]) -> int:
    """Show it; 0 if the model runs here, 1 if it fails, 3 if that cannot be told."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    problem = what_is_wrong_with(arguments.model)
    if problem:
        parser.error(problem)
    try:
        found = inspect(arguments.model, wanted=arguments.wanted)
    except PlatformError as error:
        sys.stderr.write(f"predict inspect: {error.message} {error.hint}\n")
        return BROKEN
    if arguments.json:
        sys.stdout.write(json.dumps(msgspec.to_builtins(found), indent=2) + "\n")
    else:
        from .view import show

        show(found)
    return found.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="predict inspect",
        description="Tell who made a pickle, what it needs and where it runs. Nothing of it is loaded or executed.",
        epilog="Exit code: 0 the model runs here, 1 it fails here, 2 usage, 3 that cannot be told.",
    )
    parser.add_argument("model", type=Path, help="a pickle, whatever is around it: gzip, zip, joblib ...")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    names = [image.name for image in images()]
    parser.add_argument(
        "--for",
        dest="wanted",
        choices=names,
        metavar="IMAGE",
        help=f"let the exit code speak of an image instead of this Python: {', '.join(names)}",
    )
    return parser


def inspect(model: Path, wanted: str | None = None) -> Inspection:
    """Read a file in a locked room, and judge it for this Python and for every image.

    Args:
        model: the file.
        wanted: name of the image that the exit code speaks of, None for this Python.

    Raises:
        PlatformError: it could not be opened, or the room did not start.
    """
    with Worker(Limits(), "auto", only_reads=True) as worker:
        worker.start()
        seen = worker.inspect(model)
    facts, judged = seen.facts, everywhere(seen.facts)
    image = best(judged)
    ours = judge(facts, here(installed(), seen.path))
    asked = next((judgement for other, judgement in judged if other.name == wanted), ours)
    return Inspection(
        file=model.name,
        facts=facts,
        here=ours,
        images=[judgement for _, judgement in judged],
        best=image.name if image else None,
        command=docker_line(image, model.name) if image else None,
        exit_code=EXIT_CODES[asked.verdict],
    )
