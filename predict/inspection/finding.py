"""What speaks against a model in an environment.

A finding is *proven* if loading or calling the model cannot go well, whatever else it does: only such a one may end a
run before it begins. The others are what will most probably happen, and what its author should know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from predict.errors import ModelReason

Severity = Literal["fails", "unknown", "warning"]
Verdict = Literal["runs", "warning", "fails", "unknown"]
GRAVITY: tuple[Severity, ...] = ("fails", "unknown", "warning")


@dataclass(frozen=True)
class Finding:
    """One of them."""

    severity: Severity
    message: str
    fix: str
    """What to do now."""
    reason: ModelReason | None = None
    """The verdict's, if the model fails for this."""
    proven: bool = False
    where: str = ""
    """The place in its author's code."""
    about: str = ""
    """The name that an error would speak of."""


@dataclass(frozen=True)
class Judgement:
    """What to expect in one environment: the gravest finding first, then in the order in which it would show."""

    environment: str
    python: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """In one word."""
        return self.findings[0].severity if self.findings else "runs"

    @property
    def proof(self) -> Finding | None:
        """Why it cannot run here, if that is proven."""
        return next((finding for finding in self.findings if finding.proven), None)
