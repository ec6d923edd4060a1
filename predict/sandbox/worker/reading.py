"""Let a process of its own read the pickle, before anything that it names is imported or called.

A pickle that is made to break whoever reads it breaks only that process: it is forked before any library is imported,
and ends before the model is loaded.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any, NoReturn

from ...inspection.gather import gather  # before the fork: most of what it imports, the worker's libraries need too

if TYPE_CHECKING:
    from ...inspection.facts import Facts

SECONDS = 10
MOST_BYTES = 1_000_000  # a line of the channel
CHUNK = 64 * 1024
MOST_FILES = 4096
CRASHED = "the process that read it crashed"
ENDLESS = "it names more than anybody would read"
SLOW = f"it takes more than {SECONDS} s to read"


class Reading:
    """Forked at once, so that it gets ready while the worker imports its libraries.

    `memory` is what the run may take, in bytes; reading may take half of it.
    """

    def __init__(self, memory: int) -> None:
        self._ours, theirs = socket.socketpair()
        self._child = os.fork()
        if not self._child:
            self._ours.close()
            _serve(theirs, memory // 2)
        theirs.close()

    def begin(self, file: IO[bytes]) -> None:
        """Hand the file over; the worker goes on meanwhile."""
        with contextlib.suppress(OSError):  # it has died: that will be told
            socket.send_fds(self._ours, [b"read"], [file.fileno()])

    def end(self) -> dict[str, Any]:
        """Wait for the facts; nothing is left of the process afterwards."""
        found, complete = self._take()
        os.kill(self._child, signal.SIGKILL)
        _, status = os.waitpid(self._child, 0)
        if complete and found:
            facts: dict[str, Any] = json.loads(found)
            return facts
        slow = not complete or -os.waitstatus_to_exitcode(status) == signal.SIGALRM
        return {"size": 0, "unreadable": SLOW if slow else CRASHED, "gave_up": True}

    def _take(self) -> tuple[bytes, bool]:
        """What it says, and whether that is all."""
        found, until = bytearray(), time.monotonic() + SECONDS + 1
        with self._ours:
            while select.select([self._ours], [], [], max(0.0, until - time.monotonic()))[0]:
                if not (data := self._ours.recv(CHUNK)):
                    return bytes(found), True
                found += data
        return b"", False


def _serve(theirs: socket.socket, memory: int) -> NoReturn:
    """Read one file, and leave: nothing of the worker's may go on here."""
    try:
        _leave_everything_but(theirs.fileno())
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        if sys.platform == "linux":
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        _, (descriptor, *_), _, _ = socket.recv_fds(theirs, 16, 1)
        signal.alarm(SECONDS)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            facts = gather(file)
        if facts.unreadable:
            gc.collect()  # what was read before it was given up may fill the memory that telling takes
        theirs.sendall(told_by(facts))
    finally:
        os._exit(0)


def _leave_everything_but(descriptor: int) -> None:
    """What breaks this process must not speak for the worker."""
    faulthandler.disable()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(0, descriptor)
    os.closerange(descriptor + 1, most if most != resource.RLIM_INFINITY else MOST_FILES)


def told_by(facts: Facts) -> bytes:
    """The facts as JSON that another process may parse."""
    text = json.dumps(asdict(facts), ensure_ascii=False).encode(errors="replace")  # names may hold half a character
    if len(text) <= MOST_BYTES:
        return text
    return json.dumps({"size": facts.size, "unreadable": ENDLESS, "gave_up": True}).encode()
