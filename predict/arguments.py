"""From argv and environment to a Job."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn, get_args
from urllib.parse import parse_qsl

from predict import __version__
from predict.job import MIB, Accelerate, Guards, Job, Limits
from predict.printable import printable
from predict.redaction import MALFORMED, redacted
from predict.tournaments import CLASSIC, TOURNAMENTS, Tournament

# numerai-predict's own flags: a prefix that was unambiguous there stays so.
COMPATIBLE = ("--model", "--dataset", "--benchmarks", "--output_dir", "--post_url", "--post_data", "--debug")
SWITCHES = ("debug", "no_preflight")
USAGE = 2
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?)b?|b)?", re.IGNORECASE | re.ASCII)
SMALLEST_MEMORY, LARGEST_MEMORY = 256 * MIB, 2**50


class Parser(argparse.ArgumentParser):
    """Errors name flags, never values: a mistyped flag may carry a secret."""

    def error(self, message: str) -> NoReturn:
        """Leave with one line; argparse quotes what was typed."""
        shown = re.sub(r"(--?\w+)=[^\s,]+", r"\1=…", message)
        shown = printable(re.sub(r"\w+:/\S+", "…", shown)).replace("\n", "\\n")
        self.exit(USAGE, f"{self.prog}: error: {shown} ({self.prog} --help lists the flags)\n")

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse, and refuse what is left over."""
        known, unknown = self.parse_known_args([_spelling(word) for word in words])
        if unknown:
            flags = [word.partition("=")[0] for word in unknown]
            shown = [flag for flag in flags if re.fullmatch(r"--[a-z_]+", flag)]
            self.error(f"unknown: {', '.join(shown) or 'an argument without a flag'}")
        _check_upload(self, known)
        known.submit = known.submit or os.environ.get("NUMERAI_MODEL")
        known.keys = _keys(self, known.submit)
        return known


def make_parser(commands: Sequence[str]) -> Parser:
    """The flags of `predict run`; every one can also come from the environment."""
    parser = Parser(
        prog="predict",
        description="Run one uploaded model on live data: predictions, or a true verdict.",
        epilog=f"Every flag can also be set as PREDICT_<FLAG>. Other commands: {', '.join(commands)}.",
    )
    _add_compatible(parser)
    _add_ours(parser)
    parser.set_defaults(**_from_environment(parser))
    return parser


def _add_compatible(parser: Parser) -> None:
    add = parser.add_argument
    add("--model", required=not os.environ.get("PREDICT_MODEL"), help="pickled model: a file, or its presigned URL")
    add(
        "--dataset",
        help=f"live features: a parquet file or a name of Numerai's (default: {CLASSIC.dataset})",
    )
    add("--benchmarks", help=f"the same for models of two arguments (classic's default: {CLASSIC.benchmarks})")
    add("--output_dir", type=Path, default=Job.output_dir, help="existing folder for the CSV (default: %(default)s)")
    add("--post_url", type=_url, help="presigned POST for the CSV")
    add("--post_data", help="its form fields, url-encoded")
    add("--debug", action="store_true", help="log more")


def _add_ours(parser: Parser) -> None:
    add = parser.add_argument
    add("--tournament", type=_tournament, default=CLASSIC.name, help="classic (the default), signals or crypto")
    add("--data_version", type=_version, help="of the default dataset and benchmarks, such as v5.2")
    add("--model_sha256", type=_sha256, help="what the model must have, else it is not run")
    add(
        "--max_model_size",
        type=partial(_bytes, least=MIB, why="for a model takes some"),
        default=Limits.model,
        help="what a downloaded model may take, 8GiB by default",
    )
    add(
        "--transfer_timeout",
        type=_seconds,
        default=Limits.transfer,
        help="seconds for a transfer with all its tries, 300 by default",
    )
    add("--put_url", type=_url, help="presigned PUT for the CSV")
    add("--report_url", type=_url, help="presigned PUT for the report, whatever the verdict")
    add("--status_url", type=_url, help="gets each status as JSON, by POST")
    add(
        "--submit",
        metavar="MODEL_NAME",
        help="submit for this model of the account to Numerai",
    )
    add("--report", type=Path, help="where the JSON report goes (default: beside the CSV)")
    add("--events", type=Path, help="append each status and phase to this file as a JSON line")
    add("--log_format", type=_form, default="text", help="form of the log on stderr: text (the default) or json")
    add("--termination_log", type=Path, default=Job.termination_log, help="one-line report, where this file exists")
    add("--time_limit", type=_seconds, default=Limits.time, help="seconds from load to answer (default: %(default)g)")
    add("--memory_limit", type=_bytes, default=Limits.memory, help="memory of the model, such as 4GiB (the default)")
    add("--cpus", type=_cpus, default=Limits.cpus, help="CPUs for the model (default: %(default)s)")
    add(
        "--disk_limit",
        type=partial(_bytes, least=MIB, why="so that it has a scratch folder"),
        default=Limits.disk,
        help="what the model may keep in files, 2GiB by default",
    )
    add("--guards", type=_guards, default="auto", help="auto (the default), strict: refuse to run unguarded, or off")
    add(
        "--accelerate",
        type=_accelerate,
        default="auto",
        help="LightGBM's predictions by faster code, bit for bit: auto (the default), or off",
    )
    add("--no_preflight", action="store_true", help="load the pickle even where it is proven that it cannot run")
    add("--version", action="version", version=f"numerai-predict {__version__}")


def _from_environment(parser: argparse.ArgumentParser) -> dict[str, str | bool]:
    """Defaults from PREDICT_<FLAG>; argparse converts and checks texts as it does on the command line."""
    found: dict[str, str | bool] = {}
    for name in vars(parser.parse_known_args(["--model", ""])[0]):
        value = os.environ.get(f"PREDICT_{name.upper()}")
        if value:
            found[name] = value if name not in SWITCHES else value.lower() not in ("0", "false", "no", "off")
    return found


def _spelling(word: str) -> str:
    """Hyphens for underscores, and the prefixes that numerai-predict took."""
    if not word.startswith("--"):
        return word
    flag, equals, value = word.partition("=")
    flag = "--" + flag[2:].replace("-", "_")
    meant = [known for known in COMPATIBLE if known.startswith(flag) and flag != "--"]
    return (meant[0] if len(meant) == 1 else flag) + equals + value


def _form(text: str) -> str:
    if text not in ("text", "json"):  # argparse does not look for a default among its choices
        raise argparse.ArgumentTypeError("must be text or json")
    return text


def _guards(text: str) -> str:
    if text not in get_args(Guards):
        raise argparse.ArgumentTypeError("must be strict, auto or off")
    return text


def _accelerate(text: str) -> str:
    if text not in get_args(Accelerate):
        raise argparse.ArgumentTypeError("must be auto or off")
    return text


def _tournament(text: str) -> Tournament:
    if text not in TOURNAMENTS:
        raise argparse.ArgumentTypeError("must be classic, signals or crypto")
    return TOURNAMENTS[text]


def _version(text: str) -> str:
    if not re.fullmatch(r"v\d+(\.\d+)*", text, re.ASCII):
        raise argparse.ArgumentTypeError("must be a version such as v5.2")
    return text


def _sha256(text: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError("must be 64 hexadecimal digits")
    return text


def _url(text: str) -> str:
    if redacted(text) == MALFORMED or not text.lower().startswith("http"):
        raise argparse.ArgumentTypeError("must be an http or https URL")
    return text


def _cpus(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,3}", text):
        raise argparse.ArgumentTypeError("must be a whole number of CPUs, at least 1")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a number of seconds") from None
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of seconds above 0")
    return seconds


def _bytes(text: str, least: int = SMALLEST_MEMORY, why: str = "which Python and pandas alone need") -> int:
    """4GiB and docker's 4g are powers of 1024, 4GB is one of 1000."""
    match = SIZE.fullmatch(text.strip())
    if match is None:
        raise argparse.ArgumentTypeError("must be a size such as 4GiB, 4GB, 4g or a number of bytes")
    number, unit, binary = match.groups()
    base = 1000 if unit and text.strip().lower().endswith("b") and not binary else 1024
    size = int(float(number) * base ** (" kmgt".index(unit.lower()) if unit else 0))
    if not least <= size <= LARGEST_MEMORY:
        smallest = f"at least {least // MIB} MiB, {why}"
        raise argparse.ArgumentTypeError(f"must be {smallest}, and no more than any machine has")
    return size


def _check_upload(parser: Parser, arguments: argparse.Namespace) -> None:
    if bool(arguments.post_url) != bool(arguments.post_data):
        given, missing = ("post_url", "post_data") if arguments.post_url else ("post_data", "post_url")
        parser.error(f"--{given} needs --{missing} too")
    try:
        parse_qsl(arguments.post_data or "", strict_parsing=bool(arguments.post_data))
    except ValueError:
        parser.error("--post_data must be url-encoded form fields, key and value joined by an equals sign")


def _keys(parser: Parser, submit: str | None) -> tuple[str, str] | None:
    """Numerai's, which are needed by who submits, and shown to nobody else."""
    public, secret = os.environ.get("NUMERAI_PUBLIC_ID"), os.environ.get("NUMERAI_SECRET_KEY")
    if submit and not (public and secret):
        parser.error("--submit (NUMERAI_MODEL) needs NUMERAI_PUBLIC_ID and NUMERAI_SECRET_KEY in the environment")
    return (public, secret) if public and secret else None


def _dataset(given: str | None, default: str, version: str | None) -> str:
    if given is not None:
        return given
    return re.sub(r"v[\d.]+(?=/)", version, default) if version else default


def make_job(arguments: argparse.Namespace) -> Job:
    """The job that the arguments ask for."""
    tournament = arguments.tournament
    return Job(
        model=arguments.model,
        dataset=_dataset(arguments.dataset, tournament.dataset, arguments.data_version),
        benchmarks=_dataset(arguments.benchmarks, tournament.benchmarks, arguments.data_version),
        output_dir=arguments.output_dir,
        post_url=arguments.post_url,
        post_data=arguments.post_data,
        put_url=arguments.put_url,
        report_url=arguments.report_url,
        status_url=arguments.status_url,
        submit=arguments.submit,
        keys=arguments.keys,
        model_sha256=arguments.model_sha256,
        report=arguments.report,
        events=arguments.events,
        termination_log=arguments.termination_log,
        limits=Limits(
            time=arguments.time_limit,
            memory=arguments.memory_limit,
            cpus=arguments.cpus,
            disk=arguments.disk_limit,
            transfer=arguments.transfer_timeout,
            model=arguments.max_model_size,
        ),
        guards=arguments.guards,
        accelerate=arguments.accelerate,
        preflight=not arguments.no_preflight,
        tournament=tournament,
    )
