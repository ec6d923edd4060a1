"""From facts to a verdict: the only place that assigns blame for a run.

Evidence first, then blame. The order matters: what we did to the worker comes before how it died, and an
answer that holds comes before anything that its process did afterwards.
"""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from predict.errors import HINTS, MORE_SHARED_MEMORY, ModelFailed, PlatformError, PlatformReason, RunError
from predict.job import Limits
from predict.printable import printable
from predict.submission import Submission

from .answered import LiveIds, live_ids, submission
from .broken import (
    PHASE_WORDS,
    exhausted,
    killed_by_kernel,
    limit_broken,
    network_hint,
    shared_memory_ran_out,
    too_many_tasks,
)
from .explained import explained, mismatch
from .messages import Answer, Failed, Refused, Unusable
from .traces import crashed_in_kernel, of_the_model, place_in_dump, place_in_traceback
from .unloadable import load_verdict, missing, said

if TYPE_CHECKING:
    from .ending import Ending

# Signals that a process gets for what it did itself. Hardly anybody sends them from outside.
OWN_SIGNALS = {
    *(signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT, signal.SIGTRAP, signal.SIGSYS),
    *(signal.SIGPIPE, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGXCPU, signal.SIGXFSZ),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT, signal.SIGIO),
    *range(getattr(signal, "SIGRTMIN", signal.NSIG), signal.NSIG),
}
LITTLE_SHARED_MEMORY = "If it shares memory: so ends who runs out of it, and this container has little."
WITHOUT_KERNEL = "Run it again with --accelerate off, and report this with the model: that is a fault of the runner."
CHANNEL_GONE = 97  # as in worker/channel.py, which imports nothing of ours


def judge(ending: Ending, limits: Limits) -> tuple[LiveIds, Submission]:
    """Return the live ids and the answer, or say who is to blame for not having one.

    Raises:
        ModelFailed: with the fact that shows it.
        PlatformError: in every other case.
    """
    if ending.ready is None or (ending.inspected is None and ending.phase == "start"):
        raise never_ready(ending, limits)
    if ending.cause == "mismatch":
        raise mismatch(ending)
    try:
        return _judge(ending, limits)
    except ModelFailed as error:
        raise explained(error, ending) from error.__cause__


def _judge(ending: Ending, limits: Limits) -> tuple[LiveIds, Submission]:
    if ending.cause is not None:
        raise limit_broken(ending, limits)
    match ending.last:
        case Answer() as answer:
            return live_ids(ending), submission(ending, answer)
        case Refused(reason=reason, text=text):
            raise ModelFailed(reason, _sentence(text))
        case Failed() as failed:
            _exception_left(ending, failed, limits)
    raise _died(ending, limits)


def _died(ending: Ending, limits: Limits) -> RunError:
    """Tell what its death tells, when there is no last word."""
    doing = PHASE_WORDS[ending.phase]
    last_line = printable(ending.errors.strip().rpartition("\n")[2])
    refused = too_many_tasks(ending, limits, last_line, last_line, of_the_model(ending.trace))
    if refused is not None and ending.signal != signal.SIGKILL:  # compiled code tells it on stderr, and gives up
        return refused
    if ending.signal is not None:
        return _killed_by(ending, ending.signal, limits)
    if ending.exit_code is None:
        return PlatformError(
            "killed_from_outside", "The runner's keeper was ended from outside, and the model with it."
        )
    if ending.exit_code == CHANNEL_GONE:
        return ModelFailed("bad_answer", f"The model closed the runner's channel while {doing}.")
    return ModelFailed("exited_early", f"The model ended its process with exit code {ending.exit_code} while {doing}.")


def never_ready(ending: Ending, limits: Limits) -> PlatformError:
    """The verdict for a death before the pickle was touched: never the model's fault."""
    if isinstance(ending.last, Unusable):
        return _unusable("dataset_unavailable", ending.request.features, "used", ending.last.text)
    if ending.cause == "no_model":
        return _unusable("model_unavailable", ending.request.model, "opened any more", ending.detail)
    if ending.cause == "no_features":
        return _unusable("dataset_unavailable", ending.request.features, "opened any more", ending.detail)
    if ending.cause == "unguarded":
        return PlatformError("guard_unavailable", f"This machine cannot guard {printable(ending.detail)}.")
    last_line = ending.errors.strip().rpartition("\n")[2]
    return PlatformError(
        "worker_not_ready",
        f"The worker {_how(ending, limits)}, and the pickle was not touched{f': {last_line}' if last_line else '.'}",
        trace=ending.errors or ending.trace or None,
    )


def _how(ending: Ending, limits: Limits) -> str:
    if ending.cause == "startup":
        return f"did not get ready within {limits.startup:g} s"
    if ending.cause is not None:
        return f"did not keep to the protocol before it was ready ({ending.detail or ending.cause})"
    if ending.signal is not None:
        return f"was ended by {_signal_name(ending.signal)} before it was ready"
    return f"ended with exit code {ending.exit_code} before it was ready"


def _unusable(reason: PlatformReason, path: Path, how: str, text: str) -> PlatformError:
    return PlatformError(reason, f"{path} cannot be {how}: {printable(text).rstrip('.')}.")


def _exception_left(ending: Ending, failed: Failed, limits: Limits) -> NoReturn:
    limited = exhausted(ending, failed, limits)
    if limited is not None:
        raise limited
    text, trace, doing = printable(said(failed)), printable(failed.trace), PHASE_WORDS[failed.phase]
    if "MemoryError" in failed.kinds:
        raise ModelFailed("out_of_memory", f"{text}, while {doing}.", trace=trace)
    if "SystemExit" in failed.kinds:
        raise ModelFailed("exited_early", f"The model called exit() while {doing}: {text}.", trace=trace)
    if failed.phase in ("read", "benchmarks"):
        _blame_for_unreadable(ending, failed, text)
    hint = network_hint(ending, failed)
    if failed.phase == "load":
        facts = ending.inspected.facts if ending.inspected else None
        unreadable = facts.unreadable if facts and not facts.gave_up else ""
        verdict = load_verdict(ending.request.model, failed, unreadable)
        raise ModelFailed(verdict.reason, printable(verdict.message), hint=verdict.hint or hint, trace=trace)
    lacking = missing("The model", failed)
    if lacking is not None:
        raise ModelFailed(lacking.reason, printable(lacking.message), hint=lacking.hint, trace=trace)
    if failed.phase == "answer" and not failed.inside:
        what = f"What the model returned cannot be read: {text}."
        hint = ending.request.tournament.hints.get("not_a_dataframe", HINTS["not_a_dataframe"])
        raise ModelFailed("bad_answer", what, hint=hint, trace=trace)
    what = f"The model raised {text}{place_in_traceback(failed.trace)}."
    raise ModelFailed("model_raised", what, hint=hint, trace=trace)


def _blame_for_unreadable(ending: Ending, failed: Failed, text: str) -> NoReturn:
    """The worker says that it cannot read our file. Believe it only if we cannot either."""
    path = ending.request.features if failed.phase == "read" else ending.request.benchmarks
    problem = what_is_wrong_with(path)
    if problem is not None:
        raise PlatformError("dataset_unavailable", f"{path} cannot be read: {problem}")
    what = f"The worker could not read {path}, which is readable here: {text}"
    if failed.inside:  # the model's own code stands in the worker's way
        raise ModelFailed("model_raised", what, trace=printable(failed.trace))
    raise PlatformError("internal", what)


def what_is_wrong_with(path: Path) -> str | None:
    """Try to read a whole parquet file; return what is wrong with it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            file.read_row_group(group, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        return str(error)
    return None


def _killed_by(ending: Ending, number: int, limits: Limits) -> RunError:
    if number == signal.SIGKILL and ending.oom_kill is not None:
        return killed_by_kernel(ending, limits)
    name, doing = _signal_name(number), PHASE_WORDS[ending.phase]
    if number == signal.SIGABRT and "std::bad_alloc" in ending.errors:
        return ModelFailed(
            "out_of_memory",
            f"Compiled code ran out of memory (std::bad_alloc) while {doing}.",
            trace=of_the_model(ending.trace),
        )
    if number == signal.SIGBUS and (full := shared_memory_ran_out(ending, of_the_model(ending.trace))):
        return full
    if number in OWN_SIGNALS and crashed_in_kernel(ending.trace):
        what = f"The code that accelerates LightGBM models crashed with {name} while {doing}."
        return PlatformError("internal", what, hint=WITHOUT_KERNEL, trace=ending.trace)
    if number in OWN_SIGNALS:
        what = f"The model's process crashed with {name} while {doing}{place_in_dump(ending.trace)}."
        little = number == signal.SIGBUS and ending.shared_memory is not None
        hint = f"{LITTLE_SHARED_MEMORY} {MORE_SHARED_MEMORY}" if little else None
        return ModelFailed("crashed", what, hint=hint, trace=of_the_model(ending.trace))
    return PlatformError(
        "killed_from_outside", f"The model's process was ended by {name} while {doing}; the runner did not send it."
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"


def _sentence(text: str) -> str:
    return printable(f"{text[:1].upper()}{text[1:]}.")
