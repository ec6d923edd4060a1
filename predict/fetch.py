"""From the model that people name to a local file."""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from predict.errors import ModelFailed, PlatformError, RunError
from predict.job import STORES, Job, is_url
from predict.redaction import redacted
from predict.report import Model
from predict.transport import Patience, TransferError

logger = logging.getLogger(__name__)

CHUNK = 1024**2
DENIED, GONE = (400, 401, 403), (404, 410)


@dataclass(frozen=True)
class Fetched:
    """The model's file. `vouched`: it cannot have been cut off on its way here."""

    model: Model
    vouched: bool = True

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.model.file)

    def doubt(self, error: RunError) -> RunError:
        """A pickle that ends too early is not its author's fault if the network may have cut it off."""
        if self.vouched or not isinstance(error, ModelFailed) or error.reason != "invalid_pickle":
            return error
        what = f"{error.message} The server did not tell how long it is: the download may have been cut off."
        return PlatformError("model_unavailable", what, hint="Run it again, with --model_sha256 if you know it.")


def fetch_model(job: Job) -> Fetched:
    """Return the model, as a local file.

    Raises:
        PlatformError: `model_unavailable`.
    """
    fetched = _download_model(job) if is_url(job.model) else Fetched(describe(Path(job.model)))
    if job.model_sha256 and fetched.model.sha256 != job.model_sha256.lower():
        what = f"{fetched.model.file} has sha256 {fetched.model.sha256}, and --model_sha256 wants {job.model_sha256}."
        raise PlatformError("model_unavailable", what, hint="Take the file that was meant, or its own sha256.")
    return fetched


def _download_model(job: Job) -> Fetched:
    from predict.cloud import copy
    from predict.download import download, partial

    logger.info("Downloading model %s", redacted(job.model))
    patience = Patience(job.limits.transfer)
    try:
        with partial(job.output_dir) as path:
            if job.model.lower().startswith(STORES):
                copy(job.model, path, patience, most=job.limits.model)
                model, disposition, vouched = describe(path), "", True
            else:
                got = download(job.model, path, patience, most=job.limits.model)
                model, disposition, vouched = Model("", got.size, got.sha256), got.disposition, got.vouched
            file = str(_keep(path, job, disposition))
    except TransferError as error:
        what = f"The model cannot be downloaded: {error}."
        raise PlatformError("model_unavailable", what, hint=_hint(error)) from None
    except OSError as error:
        what = f"The model cannot be written to {job.output_dir}: {error.strerror}."
        raise PlatformError("model_unavailable", what, hint="Make room in --output_dir, then run it again.") from error
    return Fetched(Model(file, model.size, model.sha256), vouched=vouched)


def _hint(error: TransferError) -> str | None:
    if error.status in DENIED:
        return "Presigned URLs expire: ask for a new one, and pass it whole, in quotes."
    return "Check the URL: there is nothing at it." if error.status in GONE else None


def _keep(path: Path, job: Job, disposition: str) -> Path:
    """Give the model its name. What the URL names is replaced, as ever; what the server names takes no file's place."""
    from predict import filename

    target = job.output_dir / filename.from_url(job.model)
    name = filename.from_disposition(disposition)
    named = job.output_dir / (name or filename.NAMELESS)
    if (name and not named.exists()) or not _may_be_replaced(target, job):
        target = named
        if named.exists():
            target = named.with_name(f"{os.urandom(4).hex()}-{named.name}")
    logger.info("Saving model to %s", target)
    return path.replace(target)


def _may_be_replaced(target: Path, job: Job) -> bool:
    """A folder cannot be, and the other files of this run must not."""
    others = (job.dataset, job.benchmarks, job.report, job.events)
    return not target.is_dir() and target not in [Path(file) for file in others if file]


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
