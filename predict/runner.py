"""Run one model: the story."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from predict import fetch
from predict.account import Account, ref
from predict.errors import PlatformError, RunError
from predict.job import Job
from predict.narrator import Narrator
from predict.predictions import Predictions, check
from predict.report import Report, Written
from predict.sandbox import (
    Interrupted,
    Request,
    Worker,
    interruptible,
    judge,
)

logger = logging.getLogger(__name__)


def run(job: Job) -> Report:
    """Run the job to its end and report it, whatever the end is.

    Raises:
        UsageError: a local path is wrong; nothing was run.
    """
    fetch.check_paths(job)
    account = Account(job)
    with interruptible() as hold:
        try:
            try:
                _run(job, account)
            finally:
                hold()  # the verdict is found: what remains is to tell it
        except RunError as error:
            account.error = error
        except Interrupted as interruption:
            account.interrupted(interruption)
        except Exception as error:  # anything unforeseen is ours, never the model's
            logger.exception("Unforeseen")
            account.error = PlatformError("internal", f"{type(error).__name__}: {error}")
        return account.close()


def _run(job: Job, account: Account) -> None:
    logger.info("Running numerai-predict:%s - Python %d.%d", ref(), *sys.version_info[:2])
    account.events.status("Pending")
    with Worker(job.limits, job.guards) as worker:
        worker.start()
        for shortfall in worker.around.shortfalls():
            account.warn(shortfall)
        model = fetch.fetch_model(job)
        account.model = fetch.describe(model)
        features = fetch.fetch_features(job)
        request = Request(model, features, fetch.locate(job, job.benchmarks), job.tournament)
        account.events.status("Running")
        narrator = Narrator(request, job, account)
        account.ending = worker.run(request, narrator, narrator.say, narrator.allow)
    logger.debug("Worker ended: %s", account.ending)
    if account.ending.left_behind:
        account.warn("A process of the model did not die when it was killed; it waits for the kernel.")
    live_ids, submission = judge(account.ending, job.limits)
    account.events.status("Validating")
    with account.timed("check"):
        predictions = check(submission, live_ids, job.tournament)
    if predictions.dropped:
        account.warn(f"{predictions.dropped} predictions are for ids that are not live ids; they were dropped.")
    logger.info("Generated %d predictions", len(predictions.ids))
    with account.timed("write"):
        account.predictions = _write(predictions, account.csv)
    if job.post_url:
        _upload(account.csv)


def _write(predictions: Predictions, csv: Path) -> Written:
    logger.info("Saving predictions to %s", csv)
    try:
        digest = predictions.write_csv(csv)
    except OSError as error:
        what = f"The predictions are good, but cannot be written to {csv}: {error.strerror}."
        raise PlatformError("internal", what, hint="Make room in --output_dir, then run it again.") from error
    return Written(str(csv), len(predictions.ids), predictions.column, digest)


def _upload(csv: Path) -> None:
    raise PlatformError(
        "upload_failed",
        f"This version does not upload. The accepted predictions are kept in {csv}.",
        hint=f"Upload them yourself: curl with the form fields first, then -F file=@{csv}.",
    )
