"""What the container or machine around the room has less of than models are promised."""

from __future__ import annotations

import os
from collections.abc import Iterator

from predict.job import MIB, Limits

from .broken import NEARLY, TASKS_OF_OURS
from .limits import cgroup, disk
from .limits.landlock import SHARED_MEMORY
from .room import Room

LEAST_ROOM = 1024**2  # bytes: a disk with less is full


class Surroundings:
    """Looks before the model comes, and after it is gone."""

    def __init__(self, room: Room, limits: Limits) -> None:
        self._room = room
        self._limits = limits
        self._tasks = cgroup.tasks()
        self._refused = self._tasks.refused() if self._tasks else 0

    def shortfalls(self) -> Iterator[str]:
        """Say what may end a model that keeps to its limits."""
        memory = self._room.around.limit() if self._room.around else None
        if memory is not None and memory < self._limits.memory * NEARLY:
            promised = f"the {self._limits.memory / MIB:,.0f} MiB that models may use"
            yield f"This container has {memory / MIB:,.0f} MiB of memory, less than {promised}."
        tasks = self._tasks.limit() if self._tasks else None
        if tasks is not None and tasks < self._limits.processes + TASKS_OF_OURS:
            promised = f"the {self._limits.processes} that models may have, and ours"
            yield f"This container may have {tasks} processes and threads, less than {promised}."

    def small_shared_memory(self) -> int | None:
        """Bytes of all of /dev/shm, if models are promised more."""
        size = _size(SHARED_MEMORY)
        return size if size is not None and size < self._limits.disk else None

    def shared_memory_full(self) -> bool:
        """Whether it has no room left although the model has clearly less than it was promised."""
        size = _size(SHARED_MEMORY)
        full = size is not None and disk.free(SHARED_MEMORY) < LEAST_ROOM
        return full and self._room.shared.usage() < self._limits.disk * NEARLY

    def disk_full(self) -> bool:
        """Whether the disk under the scratch folder has no room left."""
        return disk.free(self._room.scratch) < LEAST_ROOM

    def tasks_refused_at(self) -> int | None:
        """How many processes and threads the container may have, if it refused one more."""
        return self._tasks.limit() if self._tasks and self._tasks.refused() > self._refused else None


def _size(folder: str) -> int | None:
    try:
        system = os.statvfs(folder)
    except OSError:
        return None
    return system.f_blocks * system.f_frsize
