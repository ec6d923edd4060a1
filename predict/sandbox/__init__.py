"""The locked room: one process for one stranger's model.

Theory of operation. The supervisor (this process) never unpickles anything. It starts a *worker*, a child
process that runs `worker/` by path with `python -I`, and talks to it over pipes only: one JSON request to its
stdin; messages and the predictions back on a channel of their own; stdout, stderr and faulthandler's trace.

    supervisor                                worker
    start ───────────────────────────────>    its own imports (the supervisor fetches meanwhile)
    request ─────────────────────────────>    opens both files, reads the live ids, closes doors
          <───────────────────────────────    ready, with the live ids: the pickle is untouched
    clock and memory watch start              load · read · call
          <───────────────────────────────    answer, or why there is none
    SIGKILL to its process group

`process` starts and ends it, `watch` drains the pipes with caps and keeps the limits, and both only collect
facts (`ending`). `outcome` turns facts into an answer or a verdict, and nobody else does: before `ready` every
death is the platform's; after it, what the worker says may choose among the model's faults, and never blames
the platform unless we see the same.
"""

from .ending import Ending, Request
from .interrupt import Interrupted, interruptible
from .limits.ending import become_reaper
from .limits.secrecy import copies, hide
from .messages import BenchmarksDiffer, Locked, Message, Phase, Ready
from .outcome import judge
from .process import Worker
from .promises import ENFORCES, enforced, lacking, with_ours

__all__ = [
    "ENFORCES",
    "BenchmarksDiffer",
    "Ending",
    "Interrupted",
    "Locked",
    "Message",
    "Phase",
    "Ready",
    "Request",
    "Worker",
    "become_reaper",
    "copies",
    "enforced",
    "hide",
    "interruptible",
    "judge",
    "lacking",
    "with_ours",
]
