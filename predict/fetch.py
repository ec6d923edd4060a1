"""From what people type to files: the model, the live features, the benchmarks."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import os
import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from predict.errors import PlatformError, UsageError
from predict.job import Job
from predict.report import Model

logger = logging.getLogger(__name__)

DATASET_NAME = re.compile(r"v\d+(\.\d+)*/[\w./-]+", re.ASCII)
CHUNK = 1024**2
MALFORMED = "a malformed URL"


def is_url(name: str) -> bool:
    """Whether a model is named by URL."""
    return name.lower().startswith("http")


def redacted(url: str) -> str:
    """A URL without what may be a secret: user, password, query and fragment; nothing of one that is malformed."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        if "[" in parts.netloc:  # only newer Pythons look at what stands in the brackets
            ipaddress.IPv6Address(parts.hostname or "")
    except ValueError:  # its text quotes the URL
        return MALFORMED
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return MALFORMED
    return urlunsplit((parts.scheme, parts.hostname + port, parts.path, "", ""))


def check_paths(job: Job) -> None:
    """Refuse local paths that do not exist, before anything is started.

    Raises:
        UsageError: naming the flag and the path.
    """
    if not job.output_dir.is_dir():
        raise UsageError(f"--output_dir: {job.output_dir} is not an existing folder")
    if not _may(job.output_dir, os.W_OK):
        raise UsageError(f"--output_dir: {job.output_dir} cannot be written to{_by_whom(job.output_dir)}")
    for flag, file in (("--report", job.report), ("--events", job.events)):
        if file is not None and not _may_write(file, replaced=file is job.report):
            raise UsageError(f"{flag}: {file} cannot be written")
    if not is_url(job.model):
        _check_file("--model", Path(job.model))
    if not DATASET_NAME.fullmatch(job.dataset.removeprefix(f"{job.tournament.name}/")) or Path(job.dataset).exists():
        _check_file("--dataset", Path(job.dataset))


def _check_file(flag: str, path: Path) -> None:
    problem = what_is_wrong_with(path)
    if problem:
        raise UsageError(f"{flag}: {problem}")


def what_is_wrong_with(path: Path) -> str | None:
    """Say why a path cannot be read as a file; None if it can."""
    if not path.exists():
        return f"{path} does not exist"
    if not path.is_file():
        return f"{path} is not a file"
    return None if _may(path, os.R_OK) else f"{path} cannot be read{_by_whom(path)}"


def _may_write(file: Path, *, replaced: bool) -> bool:
    """Ask for the file; if another will take its place, for its folder."""
    if file.exists() and _may(file, os.W_OK):
        return not file.is_dir()
    return (not file.exists() or (replaced and file.is_file())) and _may(file.parent, os.W_OK)


def _may(path: Path, mode: int) -> bool:
    """Ask for what we may do now: the plain question leaves out what a program's file permits."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _by_whom(path: Path) -> str:
    """Who may not; whose it is, and how a container becomes that user."""
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        return ", the file system is read-only; in a container, mount a folder there: -v or --tmpfs"
    owner = path.stat()
    return f" by user {os.geteuid()}; in a container, add --user {owner.st_uid}:{owner.st_gid} to docker run"


def fetch_model(job: Job) -> Path:
    """Return the model's local file.

    Raises:
        PlatformError: `model_unavailable`.
    """
    if not is_url(job.model):
        return Path(job.model)
    logger.info("Downloading model %s", redacted(job.model))
    raise PlatformError(
        "model_unavailable",
        f"{redacted(job.model)} is a URL, and this version reads models from local files only.",
        hint="Download the model yourself and pass its path: --model FILE.",
    )


def describe(model: Path) -> Model:
    """Size and sha256 of the model.

    Raises:
        PlatformError: `model_unavailable`: it is not readable any more.
    """
    digest = hashlib.sha256()
    try:
        with model.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        return Model(str(model), model.stat().st_size, digest.hexdigest())
    except OSError as error:
        raise PlatformError("model_unavailable", f"{model} cannot be read: {error}") from error


def fetch_features(job: Job) -> Path:
    """Return the live features' local file.

    Raises:
        PlatformError: `dataset_unavailable`.
    """
    path = locate(job, job.dataset)
    if not path.exists():
        raise PlatformError(
            "dataset_unavailable",
            f"{job.dataset} is neither here nor in {job.output_dir}, and this version does not download datasets.",
            hint="Download it yourself and pass its path: --dataset FILE.",
        )
    logger.info("Using local %s for live data", path)
    return path


def locate(job: Job, dataset: str) -> Path:
    """Where a dataset is: a local path, or under its name in the output folder."""
    return Path(dataset) if Path(dataset).exists() else job.output_dir / dataset
