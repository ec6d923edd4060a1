"""The command line: a Job in, log, summary and exit code out.

The only place that prints or exits.
"""

from __future__ import annotations

import logging
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from predict.arguments import make_job, make_parser
from predict.errors import UsageError
from predict.job import MIB, Job, is_url
from predict.logs import set_up_logging
from predict.redaction import redacted, remember
from predict.report import Report
from predict.runner import run
from predict.sandbox import become_reaper, copies, hide, take_up
from predict.spared import spare
from predict.tournaments import CLASSIC, Tournament

logger = logging.getLogger(__name__)

VARIABLES = ("POST_URL", "POST_DATA", "MODEL", "PUT_URL", "REPORT_URL", "STATUS_URL")
KEYS = ("NUMERAI_PUBLIC_ID", "NUMERAI_SECRET_KEY")
OTHER_COMMANDS = ("doctor", "example", "inspect")


def main(argv: Sequence[str], *, own_process: bool = False) -> int:
    """Dispatch to a subcommand; flags alone mean `run`.

    `own_process`: the process was started for this alone, so that what it was started with may be wiped.
    """
    if own_process:
        take_up()
    command, rest = (argv[0], argv[1:]) if argv and argv[0] in ("run", *OTHER_COMMANDS) else ("run", argv)
    if command == "example":
        from predict.example.command import main as example

        return example(rest)
    if command == "inspect":
        from predict.inspector.command import main as inspect

        return inspect(rest)
    if command == "doctor":
        from predict.doctor import main as doctor

        return doctor(rest)
    return _run(rest, own_process=own_process)


def _run(argv: Sequence[str], *, own_process: bool) -> int:
    parser = make_parser(OTHER_COMMANDS)
    arguments = parser.parse(argv)
    set_up_logging(debug=arguments.debug, form=arguments.log_format)
    job = make_job(arguments)
    remember(job.secrets)
    if own_process:
        become_reaper()
        _hide(job)
        spare()
    try:
        report = run(job)
    except UsageError as error:
        parser.error(str(error))
    model = redacted(job.model) if is_url(job.model) else job.model
    _tell(report, Path(report.model.file if report.model else model).name, job.tournament)
    return report.exit_code


def _hide(job: Job) -> None:
    """Let no other process see the secrets that this one was started with."""
    known = [*job.shown, *(job.keys or ())]
    hide(known, [*(f"PREDICT_{name}" for name in VARIABLES), *KEYS])
    others = copies(known)
    if others:  # of keys in a login's environment, every process of that user has a copy
        more = f", and so do {len(others) - 1} more" if len(others) > 1 else ""
        logger.warning(
            "Process %d, which is not ours, still shows a secret of this run%s. Start predict directly, without a "
            "shell or init around it, or give it only what a model may see.",
            others[0],
            more,
        )


def _tell(report: Report, model: str, tournament: Tournament) -> None:
    """The verdict for a person: what, evidence, what now."""
    if report.reason is None:
        peak = (report.peak_memory or 0) / MIB
        logger.info("Success: %s Took %.1f s and %.0f MiB.", report.message, report.timings["total"], peak)
        return
    logger.error("%s (%s): %s", report.status, report.reason, report.message)
    for problem in report.problems:
        if problem.platform:
            logger.error("The platform says: %s", problem.platform)
    if report.trace:
        logger.error("Where it was:\n%s", report.trace.rstrip())
    logger.error("What now: %s", report.hint)
    if report.reason != "interrupted":
        logger.info(_debug_block(model, _image(report), tournament), extra={"plain": True})


def _image(report: Report) -> str:
    """The image to debug in: this one, but for a pickle that another Python made."""
    pythons = report.made_by.pythons if report.made_by else None
    if report.reason == "python_mismatch" and pythons:
        return f"numerai_predict_py_{pythons[-1].replace('.', '_')}:core"
    version = "_".join(map(str, sys.version_info[:2]))
    return os.environ.get("PREDICT_IMAGE") or f"numerai_predict_py_{version}:{os.environ.get('GIT_REF') or 'stable'}"


def _debug_block(model: str, image: str, tournament: Tournament) -> str:
    file = shlex.quote(model) if model.isprintable() else "[PICKLE_FILE]"
    rules = "" if tournament is CLASSIC else f" --tournament {tournament.name}"
    rule = "-" * 80
    return f"""
{rule}
Debug your pickle model locally via docker command:

    docker run -i --rm -v "$PWD:$PWD" {image} --debug{rules} --model $PWD/{file}
{rule}"""
