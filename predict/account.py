"""What is known about a run so far; at its end it becomes the report."""

from __future__ import annotations

import logging
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from predict import __version__
from predict.errors import ModelFailed, PlatformError, RunError
from predict.events import Events
from predict.inspection.facts import Facts
from predict.interrupt import Interrupted, interruptible, told_to_stop
from predict.job import Job
from predict.redaction import redacted, scrub
from predict.report import Acceleration, Author, Delivery, Limit, Model, Report, Status, Versions, Written
from predict.sandbox import Ending, enforced, with_ours
from predict.statuses import Statuses
from predict.transport import Patience, TransferError
from predict.upload import JSON, put

logger = logging.getLogger(__name__)

HASTE, STATUS_TIME = 2.0, 5.0  # seconds for what is told to others, once we are told to stop and otherwise
EXIT_CODES: dict[Status, int] = {"Success": 0, "Failed": 1, "Error": 3}


class Account:
    """Filled in by the runner, station by station."""

    def __init__(self, job: Job) -> None:
        self._job = job
        stem = f"live_predictions-{os.urandom(6).hex()}"
        self.csv = job.output_dir / f"{stem}.csv"
        self._report = job.report or job.output_dir / f"{stem}.json"
        self._started = datetime.now(timezone.utc)
        self._clock = time.monotonic()
        self._statuses = Statuses(job.status_url)
        self.events = Events(job.events, self._statuses)
        self.timings: dict[str, float] = {}
        self.warnings: list[str] = []
        self.model: Model | None = None
        self.mechanisms: dict[str, str | None] = {}
        self.facts: Facts | None = None
        self.acceleration = Acceleration("off", 0, 0, 0, {}) if job.accelerate == "off" else None
        self.ending: Ending | None = None
        self.predictions: Written | None = None
        self.deliveries: list[Delivery] = []
        self.error: RunError | None = None
        self._signal: int | None = None

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Measure one of the supervisor's own phases."""
        self.events.phase(phase)
        start = time.monotonic()
        try:
            yield
        finally:
            self.timings[phase] = time.monotonic() - start

    def warn(self, warning: str) -> None:
        """Something that the author of the model should know, whatever the verdict."""
        logger.warning(warning)
        self.warnings.append(scrub(warning))

    def interrupted(self, interruption: Interrupted) -> None:
        """The supervisor was stopped by a signal."""
        self._signal = interruption.number
        self.error = PlatformError("interrupted", f"The run was stopped by {interruption}.")

    def close(self) -> Report:
        """Write the report where it is wanted; return it."""
        report = self._build()
        _try("the report", report.write, self._report)
        _try("the termination log", report.write_termination_log, self._job.termination_log)
        if self._job.report_url is not None:
            self._upload(report, self._job.report_url)
        more = {"hint": report.hint, "timings": report.timings}
        self.events.status(report.status, report.reason, report.message, **more)
        self._statuses.close(HASTE if self._signal or told_to_stop() else STATUS_TIME)
        return report

    def _upload(self, report: Report, url: str) -> None:
        """Whatever comes of it, the verdict stays; who is told to stop does not wait for it."""
        try:
            with interruptible():
                logger.info("Uploading the report to %s", redacted(url))
                hurry = self._signal or told_to_stop()
                patience = Patience(HASTE, attempts=1) if hurry else Patience(self._job.limits.transfer)
                put(url, report.to_json(), JSON, patience)
        except TransferError as error:
            logger.error("The report was not taken: %s. It is kept in %s.", error, self._report)  # noqa: TRY400  the text tells all
        except Interrupted as interruption:
            logger.error("Stopped by %s while uploading the report, which is kept in %s.", interruption, self._report)  # noqa: TRY400  the text tells all

    def _build(self) -> Report:
        status = self._status()
        return Report(
            status=status,
            exit_code=EXIT_CODES[status] if self._signal is None else 128 + self._signal,
            reason=self.error.reason if self.error else None,
            message=scrub(self.error.message) if self.error else self._success(),
            hint=self.error.hint_in(self._job.tournament.hints) if self.error else None,
            trace=scrub(self.error.trace) if self.error and self.error.trace else None,
            problems=list(self.error.problems) if self.error else [],
            warnings=self.warnings,
            started=self._started.isoformat(timespec="milliseconds"),
            timings=self._all_timings(),
            peak_memory=self.ending.peak_memory if self.ending else None,
            cpu_seconds=self.ending.cpu_seconds if self.ending else None,
            peak_tasks=self.ending.peak_tasks if self.ending else None,
            limits=self._limits(),
            guards=with_ours(self.mechanisms),
            versions=self._versions(),
            model=self.model,
            made_by=_author(self.facts) if self.facts else None,
            acceleration=self.acceleration,
            predictions=self.predictions,
            deliveries=self.deliveries,
        )

    def _limits(self) -> list[Limit]:
        """Nothing is known before the worker has locked itself in, unless nothing was wanted."""
        known = self.mechanisms or self._job.guards == "off"
        return enforced(self._job.limits, self.mechanisms) if known else []

    def _status(self) -> Status:
        if self.error is None:
            return "Success"
        return "Failed" if isinstance(self.error, ModelFailed) else "Error"

    def _success(self) -> str:
        assert self.predictions is not None  # noqa: S101  a success without predictions is a fault of ours: exit code 3
        return f"{self.predictions.rows} predictions written to {self.predictions.file}."

    def _all_timings(self) -> dict[str, float]:
        worker = self.ending.seconds if self.ending else {}
        return {**worker, **self.timings, "total": time.monotonic() - self._clock}

    def _versions(self) -> Versions:
        ready = self.ending.ready if self.ending else None
        return Versions(
            runner=__version__,
            ref=ref(),
            python=platform.python_version(),
            platform=f"{platform.system()} {platform.release()} {platform.machine()}",
            libraries=ready.libraries if ready else {},
        )


def _author(facts: Facts) -> Author:
    """Who pickled the model."""
    libraries: dict[str, str] = {}
    for said in facts.evidence:
        libraries.setdefault(said.library, said.specifier)
    return Author(
        pythons=None if facts.pythons is None else list(facts.pythons),
        libraries=libraries,
        unreadable=facts.unreadable or None,
    )


def _try(what: str, write: Callable[[Path], None], path: Path) -> None:
    """Write, or say why not: it changes no verdict."""
    try:
        write(path)
    except OSError as error:
        logger.error("Cannot write %s: %s", what, error)  # noqa: TRY400  its traceback would tell nothing


def ref() -> str:
    """The version that people name: the git ref that an image was built from, else the package's."""
    return os.environ.get("GIT_REF") or __version__
