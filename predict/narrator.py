"""Tell log and events what the worker says that it does, and what the model prints."""

from __future__ import annotations

import logging
import re

from predict.account import Account
from predict.datasets import Datasets
from predict.errors import PlatformError
from predict.inspection.environments import Here
from predict.inspection.facts import Facts
from predict.inspection.finding import Judgement
from predict.inspection.judge import judge
from predict.job import Job
from predict.printable import printable
from predict.report import Acceleration
from predict.sandbox import (
    Accelerated,
    BenchmarksDiffer,
    Inspected,
    Locked,
    Message,
    Phase,
    Ready,
    Request,
    enforced,
    lacking,
)

logger = logging.getLogger(__name__)

MOST_WARNINGS = 5
OF_VERSIONS = re.compile(
    r"(?:InconsistentVersionWarning|SourceChangeWarning): (.+)"  # of scikit-learn, of PyTorch
    r"|(If you are loading a serialized model.+)"  # of XGBoost, for a model of another version
)


class Narrator:
    """Takes the worker's messages."""

    def __init__(self, request: Request, job: Job, account: Account, datasets: Datasets) -> None:
        self._datasets = datasets
        self._request = request
        self._job = job
        self._account = account
        self._rows = 0
        self._told: set[str] = set()
        self._libraries: dict[str, str] = {}

    def __call__(self, message: Message) -> None:
        """Take one message as it comes."""
        match message:
            case Locked(mechanisms=mechanisms):
                self._account.mechanisms = mechanisms
                self._tell_guards(mechanisms)
            case Ready(rows=rows, libraries=libraries):
                self._rows, self._libraries = rows, libraries
            case Phase(name=name):
                self._account.events.phase(name)
                self._log(name)
            case BenchmarksDiffer(missing=missing, extra=extra, repeated=repeated):
                differences = f"lack {missing} live ids, have {extra} others, and {repeated} more than once"
                self._account.warn(f"The benchmarks {differences}; the model gets them unchanged.")
            case Accelerated() if self._job.accelerate == "auto":
                self._tell_served(message)

    def say(self, stream: str, line: str) -> None:
        """Log a line that the model printed; what a library says of versions there is a warning."""
        logger.info("model %s: %s", stream, line)
        if stream == "stderr" and (found := OF_VERSIONS.search(line)):
            self._warn_once(found[1] or found[2])

    def _warn_once(self, said: str) -> None:
        if said not in self._told and len(self._told) < MOST_WARNINGS:
            self._told.add(said)
            self._account.warn(f"A library of the model says: {said}")

    def allow(self, inspected: Inspected) -> bool:
        """Tell what the pickle told, and whether it may be loaded: not if that is proven to be in vain."""
        self._account.facts = inspected.facts
        try:
            judgement = judge(inspected.facts, Here(self._libraries, inspected.path))
        except Exception:  # whatever a stranger's pickle told: the run itself will show it
            logger.exception("What was read of the pickle could not be judged")
            return True
        if self._job.preflight and judgement.proof:
            return False
        self._tell_findings(judgement)
        self._fetch_benchmarks(inspected.facts)
        return True

    def _tell_findings(self, judgement: Judgement) -> None:
        told = [finding for finding in judgement.findings if finding.severity != "unknown"]
        for finding in told[:MOST_WARNINGS]:
            where = f" ({finding.where})" if finding.where else ""
            self._account.warn(printable(f"{finding.message}{where} {finding.fix}").replace("\n", "\\n"))

    def _fetch_benchmarks(self, facts: Facts) -> None:
        """Now that nothing of the model runs yet, and its time does not."""
        needs = facts.model.needs
        if facts.model.keywords or (needs is not None and len(needs) != 2):  # noqa: PLR2004  live features, benchmarks
            return
        try:
            self._datasets.fetch(self._job.benchmarks, quick=needs is None)
        except PlatformError as error:
            if needs is not None:
                raise
            logger.debug("If the model takes two arguments, it lacks the second: %s", error.message)

    def _tell_guards(self, mechanisms: dict[str, str | None]) -> None:
        """What keeps which promise, and loudly what nothing keeps."""
        for limit in enforced(self._job.limits, mechanisms):
            logger.debug("Guard: %s by %s", limit.name, limit.enforced_by)
        if self._job.guards == "off":
            self._account.warn("The guards are off: the model can reach whatever you can, network and files included.")
        elif self._job.guards == "auto" and (missing := lacking(self._job.limits, mechanisms)):
            self._account.warn(f"This machine does not guard {', '.join(missing)}. --guards strict refuses to run so.")

    def _tell_served(self, served: Accelerated) -> None:
        declined = {printable(reason): count for reason, count in served.declined.items()}
        self._account.acceleration = Acceleration("auto", served.boosters, served.trees, served.rows, declined)
        if served.boosters:
            boosters = f"{served.boosters:,} LightGBM booster{'s' if served.boosters > 1 else ''}"
            logger.info("Accelerated %s (%s trees): %s rows", boosters, f"{served.trees:,}", f"{served.rows:,}")
        for reason, count in declined.items():
            logger.debug("Left to LightGBM, %d times: %s", count, reason)

    def _log(self, phase: str) -> None:
        match phase:
            case "load":
                logger.info("Loading model %s", self._request.model)
            case "read":
                logger.info("Loading live features %s", self._request.features)
            case "benchmarks":
                self._datasets.tell(self._job.benchmarks)
                logger.info("Loading live features %s", self._request.benchmarks)
            case "call":
                logger.info("Predicting on %d rows of live features", self._rows)
