"""The local paths that a job names, looked at before anything is started."""

from __future__ import annotations

import os
from pathlib import Path

from predict.errors import UsageError
from predict.job import Job, is_dataset_name, is_url


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
    if not is_dataset_name(job.dataset) or Path(job.dataset).exists():
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
