"""Explain a failure by what the pickle told before it was loaded: who made it, and what it needs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from predict.errors import ModelFailed, ModelReason
from predict.printable import printable

if TYPE_CHECKING:
    from predict.inspection.finding import Finding

    from .ending import Ending

logger = logging.getLogger(__name__)

# What foreign bytecode, or a library that reads what another version wrote, may end in.
BY_PYTHON: set[ModelReason] = {
    *("python_mismatch", "load_failed", "missing_dependency", "dependency_mismatch", "model_raised", "crashed"),
    *("exited_early", "not_a_dataframe", "bad_signature", "not_callable"),
}
BY_LIBRARIES: set[ModelReason] = {"load_failed", "dependency_mismatch", "model_raised"}


def mismatch(ending: Ending) -> ModelFailed:
    """The verdict where nothing was executed, because it is proven that it cannot go well."""
    from predict.inspection.environments import Here
    from predict.inspection.judge import judge

    assert ending.inspected and ending.ready  # noqa: S101, PT018  so it came to that verdict
    proof = judge(ending.inspected.facts, Here(ending.ready.libraries, ending.inspected.path)).proof
    assert proof  # noqa: S101  the same was asked when the pickle had been read
    return _failed(proof, ending, "")


def explained(error: ModelFailed, ending: Ending) -> ModelFailed:
    """The same verdict, or the one behind it: never a version's fault without evidence that speaks of this error."""
    if ending.inspected is None or ending.ready is None:
        return error
    try:
        findings = _findings(ending)
    except Exception:  # the verdict holds without an explanation
        logger.exception("What was read of the pickle could not be judged")
        return error
    for finding in findings:
        if finding.severity == "fails" and _explains(finding, error):
            return _failed(finding, ending, error.message, error.trace)
    return error


def _findings(ending: Ending) -> tuple[Finding, ...]:
    from predict.inspection.environments import here
    from predict.inspection.judge import judge

    assert ending.inspected and ending.ready  # noqa: S101, PT018  whoever calls looked
    return judge(ending.inspected.facts, here(ending.ready.libraries, ending.inspected.path)).findings


def _explains(finding: Finding, error: ModelFailed) -> bool:
    if finding.reason == "python_mismatch":
        if not finding.proven:  # some function in it is foreign, and may never have been called
            return error.reason == "crashed" or "SystemError" in error.message
        return error.reason in BY_PYTHON
    if finding.reason == "missing_dependency":
        named = any(f"'{module}" in error.message for module in finding.about.split())
        return error.reason == "missing_dependency" and named
    if finding.reason == "dependency_mismatch":
        speaks = bool(finding.about) and finding.about in error.message
        return error.reason in BY_LIBRARIES and (finding.proven or speaks)
    return False


def _failed(finding: Finding, ending: Ending, then: str, trace: str | None = None) -> ModelFailed:
    from predict.inspection.best import what_now

    assert ending.inspected and finding.reason  # noqa: S101, PT018  what fails has one
    where = f" ({finding.where})" if finding.where else ""
    message = f"{ending.request.model.name}: {finding.message.rstrip('.')}{where}. {then}".strip()
    hint = what_now(ending.inspected.facts, finding, ending.request.model.name)
    return ModelFailed(finding.reason, printable(message), hint=printable(hint), trace=trace)
