"""The command line: arguments and environment in, log, summary and exit code out.

The only place that prints or exits.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl

from predict import __version__
from predict.account import ref
from predict.errors import UsageError
from predict.fetch import is_url, redacted
from predict.job import MIB, Job, Limits
from predict.logs import set_up_logging
from predict.report import Report
from predict.runner import run

logger = logging.getLogger(__name__)

USAGE = 2
# numerai-predict's own flags: a prefix that was unambiguous there stays so.
COMPATIBLE = ("--model", "--dataset", "--benchmarks", "--output_dir", "--post_url", "--post_data", "--debug")
SUBCOMMANDS = ("run", "example")
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?)b?|b)?", re.IGNORECASE | re.ASCII)
SMALLEST_MEMORY = 256 * MIB


class Parser(argparse.ArgumentParser):
    """Errors name flags, never values: a mistyped flag may carry a secret."""

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse, and refuse what is left over."""
        known, unknown = self.parse_known_args(words)
        if unknown:
            flags = [word.partition("=")[0] for word in unknown if word.startswith("-")]
            self.error(f"unknown: {', '.join(flags) or 'an argument without a flag'}")
        return known


def main(argv: Sequence[str]) -> int:
    """Dispatch to a subcommand; flags alone mean `run`."""
    command, rest = (argv[0], argv[1:]) if argv and argv[0] in SUBCOMMANDS else ("run", argv)
    if command == "example":
        from predict.example.command import main as example

        return example(rest)
    return _run(rest)


def _run(argv: Sequence[str]) -> int:
    parser = _parser()
    arguments = parser.parse([_spelling(word) for word in argv])
    set_up_logging(debug=arguments.debug, form=arguments.log_format)
    logger.info("Running numerai-predict:%s - Python %d.%d", ref(), *sys.version_info[:2])
    try:
        report = run(_job(arguments, parser))
    except UsageError as error:
        parser.error(str(error))
    model = redacted(arguments.model) if is_url(arguments.model) else arguments.model
    _tell(report, Path(model).name)
    return report.exit_code


def _parser() -> Parser:
    parser = Parser(
        prog="predict",
        description="Run one uploaded model on live data: predictions, or a true verdict.",
        epilog=f"Every flag can also be set as PREDICT_<FLAG>. Other commands: {', '.join(SUBCOMMANDS[1:])}.",
    )
    add = parser.add_argument
    add("--model", required="PREDICT_MODEL" not in os.environ, help="pickled model: a file")
    add("--dataset", default=Job.dataset, help="live features: a parquet file (default: %(default)s)")
    add("--benchmarks", default=Job.benchmarks, help="the same for models of two arguments (default: %(default)s)")
    add(
        "--output_dir",
        type=Path,
        default=Job.output_dir,
        help="existing folder for CSV and report (default: %(default)s)",
    )
    add("--post_url", help="presigned POST for the CSV")
    add("--post_data", help="its form fields, url-encoded")
    add("--debug", action="store_true", help="log more")
    add("--report", type=Path, help="where the JSON report goes (default: beside the CSV)")
    add("--events", type=Path, help="append each status and phase to this file as a JSON line")
    add(
        "--log_format",
        choices=("text", "json"),
        default="text",
        help="form of the log on stderr (default: %(default)s)",
    )
    add("--termination_log", type=Path, default=Job.termination_log, help="one-line report, where this file exists")
    add("--time_limit", type=_seconds, default=Limits.time, help="seconds from load to answer (default: %(default)g)")
    add("--memory_limit", type=_bytes, default=Limits.memory, help="memory of the model, such as 4GiB (the default)")
    add("--version", action="version", version=f"numerai-predict {__version__}")
    parser.set_defaults(**_from_environment(parser))
    return parser


def _from_environment(parser: argparse.ArgumentParser) -> dict[str, str | bool]:
    """Defaults from PREDICT_<FLAG>; argparse converts and checks texts as it does on the command line."""
    found: dict[str, str | bool] = {}
    for name in vars(parser.parse_known_args(["--model", ""])[0]):
        value = os.environ.get(f"PREDICT_{name.upper()}")
        if value:
            found[name] = value if name != "debug" else value.lower() not in ("0", "false", "no")
    return found


def _spelling(word: str) -> str:
    """Hyphens for underscores, and the prefixes that numerai-predict took."""
    if not word.startswith("--"):
        return word
    flag, equals, value = word.partition("=")
    flag = "--" + flag[2:].replace("-", "_")
    meant = [known for known in COMPATIBLE if known.startswith(flag) and flag != "--"]
    return (meant[0] if len(meant) == 1 else flag) + equals + value


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of seconds above 0")
    return seconds


def _bytes(text: str) -> int:
    """4GiB and docker's 4g are powers of 1024, 4GB is one of 1000."""
    match = SIZE.fullmatch(text.strip())
    if match is None:
        raise argparse.ArgumentTypeError("must be a size such as 4GiB, 4GB, 4g or a number of bytes")
    number, unit, binary = match.groups()
    base = 1000 if unit and text.lower().endswith("b") and not binary else 1024
    size = int(float(number) * base ** (" kmgt".index(unit.lower()) if unit else 0))
    if size < SMALLEST_MEMORY:
        raise argparse.ArgumentTypeError(
            f"must be at least {SMALLEST_MEMORY // MIB} MiB: Python and pandas alone need that"
        )
    return size


def _job(arguments: argparse.Namespace, parser: Parser) -> Job:
    if bool(arguments.post_url) != bool(arguments.post_data):
        given, missing = ("post_url", "post_data") if arguments.post_url else ("post_data", "post_url")
        parser.error(f"--{given} needs --{missing} too")
    if arguments.post_data and not _is_form(arguments.post_data):
        parser.error("--post_data must be url-encoded form fields: key=value&policy=value")
    return Job(
        model=arguments.model,
        dataset=arguments.dataset,
        benchmarks=arguments.benchmarks,
        output_dir=arguments.output_dir,
        post_url=arguments.post_url,
        post_data=arguments.post_data,
        report=arguments.report,
        events=arguments.events,
        termination_log=arguments.termination_log,
        limits=Limits(time=arguments.time_limit, memory=arguments.memory_limit),
    )


def _is_form(text: str) -> bool:
    try:
        return bool(parse_qsl(text, strict_parsing=True))
    except ValueError:
        return False


def _tell(report: Report, model: str) -> None:
    """The verdict for a person: what, evidence, what now."""
    missing = [limit.name for limit in report.limits if limit.enforced_by is None]
    logger.info("Not guarded on this machine: %s", ", ".join(missing))
    if report.reason is None:
        peak = (report.peak_memory or 0) / MIB
        logger.info("Success: %s Took %.1f s and %.0f MiB.", report.message, report.timings["total"], peak)
        return
    logger.error("%s (%s): %s", report.status, report.reason, report.message)
    if report.trace:
        logger.error("Where it was:\n%s", report.trace)
    logger.error("What now: %s", report.hint)
    if report.reason != "interrupted":
        logger.info(_debug_block(model), extra={"plain": True})


def _debug_block(model: str) -> str:
    version = "_".join(map(str, sys.version_info[:2]))
    image = os.environ.get("PREDICT_IMAGE") or f"numerai_predict_py_{version}:{os.environ.get('GIT_REF') or 'stable'}"
    rule = "-" * 80
    return f"""
{rule}
Debug your pickle model locally via docker command:

    docker run -i --rm -v "$PWD:$PWD" {image} --debug --model $PWD/{shlex.quote(model)}
{rule}"""
