"""The locked room: one process for one stranger's model.

Theory of operation. The supervisor (this process) never unpickles anything. It prepares a *room* (a scratch folder,
a user id and a cgroup for this run where it may) and starts `worker/` by path with `python -I`. That first
becomes the *keeper*: it forks the *worker* before any library is imported, and waits. What the model starts, and
leaves, stays below the keeper.

    supervisor                        keeper                      worker
    room, start ────────────────────> fork ─────────────────────> locks itself in (limits/lock.py)
          <────────────────────────────────────────────────────── locked: which mechanism holds, and why not
    opens the files, sends them ────────────────────────────────> its own imports; reads the live ids
          <────────────────────────────────────────────────────── ready, with the live ids: the pickle is untouched
          <────────────────────────────────────────────────────── inspected: what the pickle tells without being loaded
    judges that; ends it here, or says go ──────────────────────>
    clock, memory, processes and files are watched                load · read · call
          <────────────────────────────────────────────────────── answer, or why there is none
          <────────────────────────── how the worker ended
    SIGTERM ────────────────────────> kills until wait(2) knows no child, ends
    room is cleared

They talk over pipes, and one socket that takes the open files: the worker may open nothing itself. Whoever dies
takes those below along (`limits/death.py`), and the keeper of a dead supervisor clears the room.

The pickle is read (`predict/inspection`) by a child of the worker that is forked before any library is imported and
ends before the model is loaded: a file that breaks its reader breaks nothing else.

`limits/` has one file per mechanism; `promises` tells which promise each keeps. `process` starts and ends, `watch`
drains the pipes with caps and keeps the clock, `consumption` looks at memory, processes and files; all of them only
collect facts (`ending`). `outcome`, `answered`, `broken` and `explained` turn facts into an answer or a verdict, and
nobody else does: before `inspected` every death is the platform's; after it, what the worker says may choose among the
model's faults, and never blames the platform unless we see the same. But for one: a crash whose trace shows our own
kernel (`traces`) is the runner's. That can be forged, and nobody is to pay for what may be our fault.
"""

from .ending import Ending, Request
from .limits.capabilities import take_up
from .limits.cpus import available
from .limits.ending import become_reaper
from .limits.secrecy import copies, hide
from .messages import Accelerated, BenchmarksDiffer, Inspected, Locked, Message, Phase, Ready
from .outcome import judge
from .process import Worker
from .promises import ENFORCES, enforced, lacking, with_ours

__all__ = [
    "ENFORCES",
    "Accelerated",
    "BenchmarksDiffer",
    "Ending",
    "Inspected",
    "Locked",
    "Message",
    "Phase",
    "Ready",
    "Request",
    "Worker",
    "available",
    "become_reaper",
    "copies",
    "enforced",
    "hide",
    "judge",
    "lacking",
    "take_up",
    "with_ours",
]
