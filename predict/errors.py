"""Whose fault, what happened, what to do now: the closed list of reasons.

Whoever writes a `raise` chooses between two words. `ModelFailed` needs a fact against the model;
without one it is a `PlatformError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ModelReason = Literal[
    "invalid_pickle",
    "python_mismatch",
    "missing_dependency",
    "dependency_mismatch",
    "load_failed",
    "not_callable",
    "bad_signature",
    "model_raised",
    "exited_early",
    "crashed",
    "timeout",
    "out_of_memory",
    "process_limit",
    "disk_limit",
    "output_too_large",
    "bad_answer",
    "not_a_dataframe",
    "no_predictions",
    "wrong_columns",
    "wrong_index",
    "not_numeric",
    "nan",
    "out_of_range",
    "constant",
]
PlatformReason = Literal[
    "model_unavailable",
    "dataset_unavailable",
    "upload_failed",
    "guard_unavailable",
    "worker_not_ready",
    "killed_from_outside",
    "interrupted",
    "internal",
]

HINTS: dict[ModelReason | PlatformReason, str] = {
    "invalid_pickle": "Save the function with cloudpickle.dump(predict, file) and upload that file, whole.",
    "python_mismatch": "Run it with the image of the Python that saved it, or save it again under this Python.",
    "missing_dependency": "Use only libraries of the image. A module of your own must travel inside the pickle: "
    "call cloudpickle.register_pickle_by_value(your_module) before cloudpickle.dump.",
    "dependency_mismatch": "Install the image's version of that library, then train and save the model again.",
    "load_failed": "Load the file in a fresh Python process with the image's libraries, and mend what it says.",
    "not_callable": "Pickle a function: def predict(live_features): ... return a DataFrame.",
    "bad_signature": "Take one argument (live_features) or two (and live_benchmark_models); give others a default.",
    "model_raised": "The traceback shows the line. Run the model on your machine over the same live data.",
    "exited_early": "Return the predictions instead of calling exit(), and let no library end the process.",
    "crashed": "Compiled code ended the process at the line that the trace shows. Look at what that line hands to it, "
    "and at threads and recursion; run it alone with faulthandler on.",
    "timeout": "Make loading and predicting faster: the trace shows where the time went.",
    "out_of_memory": "Use less memory: float32 instead of float64, fewer copies, predict in batches, a smaller model.",
    "process_limit": "Start fewer processes and threads.",
    "disk_limit": "Write less to disk.",
    "output_too_large": "Print less, and return one row for each live id with one column.",
    "bad_answer": "The model wrote into the runner's own channel. Leave file descriptors that you did not open alone.",
    "not_a_dataframe": "Return pd.DataFrame({'prediction': values}, index=live_features.index).",
    "no_predictions": "Return one row for each live id.",
    "wrong_columns": "Return exactly one column, named 'prediction'.",
    "wrong_index": "Keep the live ids as the index: pd.DataFrame({'prediction': values}, index=live_features.index).",
    "not_numeric": "Return numbers: predictions['prediction'].astype(float).",
    "nan": "Give every live id a finite number: look for features that are missing in live data.",
    "out_of_range": "Rank or scale the predictions into [0, 1]: predictions['prediction'].rank(pct=True).",
    "constant": "All predictions are the same. Check that the model sees the features it was trained on.",
    "model_unavailable": "Check that the file or URL exists and can be read, then run again.",
    "dataset_unavailable": "Check the live data: a parquet file with unique ids as its index `id`. Then run again.",
    "upload_failed": "The predictions are kept in the CSV. Upload it again.",
    "guard_unavailable": "Run on a machine that can enforce the limit, or with weaker guards.",
    "worker_not_ready": "Reinstall the runner with its dependencies. If it was killed, give it more memory.",
    "killed_from_outside": "Something other than the runner ended the process, most often the machine's memory limit. "
    "Run it again with more memory.",
    "interrupted": "The run was stopped from outside. Run it again.",
    "internal": "A fault of the runner or its machine, not of the model. Run it again; if it stays, send us the log.",
}

MORE_SHARED_MEMORY = "Run it again with more: docker run --shm-size 2g; Kubernetes: a volume in memory at /dev/shm."
MORE_TASKS = "Let the container have more: docker run --pids-limit 600."


@dataclass(frozen=True)
class Problem:
    """One broken rule: `message` is ours, `platform` the platform's own wording."""

    reason: ModelReason
    message: str
    platform: str | None = None


class RunError(Exception):
    """A run that ended without predictions handed over."""

    reason: ModelReason | PlatformReason

    def __init__(
        self, message: str, *, hint: str | None = None, trace: str | None = None, problems: tuple[Problem, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.trace = trace
        self.problems = problems
        self._hint = hint

    @property
    def hint(self) -> str:
        """What to do now."""
        return self.hint_in({})

    def hint_in(self, tournament: Mapping[ModelReason | PlatformReason, str]) -> str:
        """What to do now, where the tournament has hints of its own."""
        return self._hint or tournament.get(self.reason) or HINTS[self.reason]


class ModelFailed(RunError):
    """The model is at fault, and `message` holds the evidence; running it again will not help."""

    def __init__(
        self,
        reason: ModelReason,
        message: str,
        *,
        hint: str | None = None,
        trace: str | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__(message, hint=hint, trace=trace, problems=problems)
        self.reason = reason


class PlatformError(RunError):
    """The platform is at fault, or nobody knows; the run may be tried again."""

    def __init__(
        self, reason: PlatformReason, message: str, *, hint: str | None = None, trace: str | None = None
    ) -> None:
        super().__init__(message, hint=hint, trace=trace)
        self.reason = reason


class UsageError(Exception):
    """The command line is wrong; nothing was run."""
