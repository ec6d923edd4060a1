"""Run one model: the story."""

from __future__ import annotations

import logging
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from predict.account import Account, ref
from predict.columns import explain
from predict.datasets import Datasets
from predict.errors import PlatformError, RunError
from predict.fetch import Fetched, fetch_model
from predict.interrupt import Interrupted, interruptible
from predict.job import Job
from predict.narrator import Narrator
from predict.paths import check_paths
from predict.predictions import Predictions, check
from predict.report import Report, Written
from predict.sandbox import Request, Worker, available, judge
from predict.submission import Submission
from predict.upload import deliver

logger = logging.getLogger(__name__)


def run(job: Job) -> Report:
    """Run the job to its end and report it, whatever the end is.

    Raises:
        UsageError: a local path is wrong; nothing was run.
    """
    check_paths(job)
    cpus = available(job.limits.cpus)
    job = replace(job, limits=replace(job.limits, cpus=cpus.count))  # here, so that all that follows is true
    account = Account(job)
    with interruptible() as hold:
        try:
            try:
                _run(job, account, cpus.shortfall)
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


def _run(job: Job, account: Account, lack: str | None) -> None:
    logger.info("Running numerai-predict:%s - Python %d.%d", ref(), *sys.version_info[:2])
    account.events.status("Pending")
    with Worker(job.limits, job.guards, accelerate=job.accelerate == "auto") as worker:
        worker.start()
        for shortfall in filter(None, (lack, *worker.around.shortfalls())):
            account.warn(shortfall)
        model, datasets = fetch_model(job), Datasets(job, account.warn)
        account.model = model.model
        features, benchmarks = datasets.fetch(job.dataset), datasets.locate(job.benchmarks)
        datasets.tell(job.dataset)
        request = Request(model.path, features, benchmarks, job.tournament)
        account.events.status("Running")
        narrator = Narrator(request, job, account, datasets)
        account.ending = worker.run(request, narrator, narrator.say, narrator.allow)
    logger.debug("Worker ended: %s", account.ending)
    if account.ending.left_behind:
        account.warn("A process of the model did not die when it was killed; it waits for the kernel.")
    live_ids, submission = _judge(account, model, job, datasets)
    account.events.status("Validating")
    with account.timed("check"):
        predictions = check(submission, live_ids, job.tournament)
    if predictions.dropped:
        account.warn(f"{predictions.dropped} predictions are for ids that are not live ids; they were dropped.")
    logger.info("Generated %d predictions", len(predictions.ids))
    with account.timed("write"):
        account.predictions = _write(predictions, account.csv)
    with account.timed("upload") if job.delivers else nullcontext():
        account.deliveries.extend(deliver(job, account.csv))


def _judge(account: Account, model: Fetched, job: Job, datasets: Datasets) -> tuple[dict[str, list[str]], Submission]:
    assert account.ending is not None  # noqa: S101  the worker has come to its end
    try:
        return judge(account.ending, job.limits)
    except RunError as error:
        known = account.facts.columns if account.facts else ()
        features = account.ending.request.features
        raise explain(model.doubt(error), known, features, datasets) from error.__cause__


def _write(predictions: Predictions, csv: Path) -> Written:
    logger.info("Saving predictions to %s", csv)
    try:
        digest = predictions.write_csv(csv)
    except OSError as error:
        what = f"The predictions are good, but cannot be written to {csv}: {error.strerror}."
        raise PlatformError("internal", what, hint="Make room in --output_dir, then run it again.") from error
    return Written(str(csv), len(predictions.ids), predictions.column, digest)
