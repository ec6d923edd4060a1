"""Which limit a model ran into: ours, which we measured, or the kernel's, which an exception tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from predict.errors import MORE_SHARED_MEMORY, MORE_TASKS, ModelFailed, ModelReason, PlatformError, RunError
from predict.job import MIB, Limits
from predict.printable import printable

from .messages import Failed
from .traces import of_the_model, place_in_dump
from .unloadable import said

if TYPE_CHECKING:
    from .ending import Ending

PHASE_WORDS = {
    "start": "starting",
    "load": "loading the pickle",
    "read": "reading the live features",
    "benchmarks": "reading the benchmarks",
    "call": "predicting",
    "answer": "sending its predictions",
}
NEARLY = 0.9
TASKS_OF_OURS = 8  # threads of the supervisor and the keeper, at the least
MANY_THREADS = 4  # for each CPU: more than libraries start by themselves
NO_NETWORK = (
    "Models have no network, here and on the platform. Put what the model needs into the pickle: load it before "
    "cloudpickle.dump."
)
NETWORK_ERRORS = {
    *("ConnectionError", "socket.gaierror", "urllib.error.URLError", "requests.exceptions.ConnectionError"),
    *("urllib3.exceptions.HTTPError", "httpx.ConnectError", "aiohttp.client_exceptions.ClientConnectionError"),
}
TOO_MANY = ("Resource temporarily unavailable", "can't start new thread", "Cannot allocate memory")
FILE_TOO_LARGE, DISK_FULL = "[Errno 27]", "[Errno 28]"


def limit_broken(ending: Ending, limits: Limits) -> RunError:
    """The verdict for what we ended ourselves."""
    doing = PHASE_WORDS[ending.phase]
    hint = None
    reason: ModelReason
    match ending.cause:
        case "timeout":
            reason = "timeout"
            what = f"The model was still {doing} after {limits.time:g} s{place_in_dump(ending.trace)}."
            hint = _many_threads(ending, limits)
        case "memory":
            held = f"{ending.peak_memory / MIB:,.0f} MiB of {limits.memory / MIB:,.0f} MiB"
            reason, what = "out_of_memory", f"The model held {held} while {doing}."
        case "oom_kill":
            return killed_by_kernel(ending, limits)
        case "processes":
            reason, what = "process_limit", f"The model had {ending.detail} of {limits.processes} while {doing}."
        case "disk":
            reason, what = "disk_limit", f"The model kept {ending.detail} while {doing}."
        case "output":
            printed = f"more than {limits.output / MIB:g} MiB"
            reason, what = "output_too_large", f"The model printed {printed} while {doing}."
        case "answer":
            reason, what = "output_too_large", f"The predictions take more than {limits.answer / MIB:g} MiB."
        case _:
            reason, what = "bad_answer", f"The runner's channel carried what the runner did not write: {ending.detail}"
    return ModelFailed(reason, what, hint=hint, trace=of_the_model(ending.trace))


def _many_threads(ending: Ending, limits: Limits) -> str | None:
    if ending.peak_tasks <= MANY_THREADS * limits.cpus:
        return None
    cpus = f"{limits.cpus} CPU{'s' if limits.cpus > 1 else ''}"
    return f"It ran {ending.peak_tasks} threads and processes on {cpus}: set n_jobs (thread_count) to {limits.cpus}."


def killed_by_kernel(ending: Ending, limits: Limits) -> RunError:
    """The out-of-memory killer struck: the model's fault if it was given what was promised."""
    oom = ending.oom_kill
    assert oom is not None  # noqa: S101  whoever calls looked
    doing = PHASE_WORDS[ending.phase]
    where = f"the kernel's counter in {oom.where} shows it"
    promised = limits.memory * NEARLY
    reached = oom.peak is None or oom.limit is None or oom.peak >= oom.limit * NEARLY
    shown = oom.ours or ending.peak_memory >= promised
    if oom.limit is not None and oom.limit >= promised and reached and shown:
        what = f"The model held all of {oom.limit / MIB:,.0f} MiB while {doing}, so the kernel ended it ({where})."
        return ModelFailed("out_of_memory", what)
    got = "the whole machine" if oom.limit is None or not reached else f"this container ({oom.limit / MIB:,.0f} MiB)"
    what = f"Memory ran out in {got} before the model had its {limits.memory / MIB:,.0f} MiB, while {doing} ({where})."
    return PlatformError("killed_from_outside", what, hint="Run it again where that much memory is free.")


def exhausted(ending: Ending, failed: Failed, limits: Limits) -> RunError | None:
    """The verdict for an exception that tells of a limit, where we see the same."""
    text, trace = printable(said(failed)), printable(failed.trace)
    doing = PHASE_WORDS[failed.phase]
    if ending.oom_kill is not None and ending.oom_kill.ours:  # of a process that the model started
        return killed_by_kernel(ending, limits)
    if DISK_FULL in failed.text and ending.disk_full:
        what = f"The disk under the model's scratch folder is full: {text}."
        return PlatformError("internal", what, hint="Make room on the disk, then run it again.", trace=trace)
    if FILE_TOO_LARGE in failed.text:
        what = f"The model wrote more than {limits.disk / MIB:,.0f} MiB into a file while {doing}: {text}."
        return ModelFailed("disk_limit", what, trace=trace)
    return too_many_tasks(ending, limits, failed.text, f"{text}.", trace)


def too_many_tasks(ending: Ending, limits: Limits, said: str, shown: str, trace: str | None) -> RunError | None:
    """The verdict where one more process or thread was refused, and something says that it failed for that."""
    if not any(words in said for words in TOO_MANY):
        return None
    doing = PHASE_WORDS[ending.phase]
    if ending.peak_tasks >= limits.processes * NEARLY:
        what = f"The model had {ending.peak_tasks} of {limits.processes} processes and threads while {doing}: {shown}"
        return ModelFailed("process_limit", what, trace=trace)
    if ending.tasks_refused_at is not None and ending.tasks_refused_at < limits.processes + TASKS_OF_OURS:
        allowed = f"the {ending.tasks_refused_at} processes and threads that this container may have"
        what = f"The model needed more than {allowed}, and was promised {limits.processes}, while {doing}: {shown}"
        return PlatformError("internal", what, hint=MORE_TASKS, trace=trace)
    return None


def shared_memory_ran_out(ending: Ending, trace: str | None) -> RunError | None:
    """The verdict for SIGBUS where shared memory is full: who maps a file there learns it that way."""
    if not ending.shared_memory_full:
        return None
    size = f" ({ending.shared_memory / MIB:,.0f} MiB)" if ending.shared_memory is not None else ""
    died = f"the model's process ended with SIGBUS while {PHASE_WORDS[ending.phase]}{place_in_dump(ending.trace)}"
    what = f"The shared memory{size} is full, and {died}."
    return PlatformError("internal", what, hint=MORE_SHARED_MEMORY, trace=trace)


def network_hint(ending: Ending, failed: Failed) -> str | None:
    """What to do now for a model that wanted the network, where there was none."""
    guarded = ending.mechanisms.get("seccomp", "") is None
    frames = [line for line in failed.trace.splitlines() if line.startswith("  File ")]
    at_socket = "PermissionError" in failed.kinds and bool(frames) and 'socket.py"' in frames[-1]
    return NO_NETWORK if guarded and (at_socket or NETWORK_ERRORS & set(failed.kinds)) else None
