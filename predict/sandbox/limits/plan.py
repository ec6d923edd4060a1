"""What the worker is to lock itself into: made by the supervisor, read by keeper and worker."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace


@dataclass(frozen=True)
class Plan:
    """One room. It is passed on a command line: no secrets."""

    supervisor: int
    channel: int
    trace: int
    post: int
    keeper: int = 0
    scratch: str = ""
    guarded: bool = True
    uid: int | None = None
    cpus: int = 1
    memory: int = 0
    """Bytes that all processes may hold together."""
    rlimits: dict[str, int] = field(default_factory=dict)
    cgroup: str | None = None
    """`cgroup.procs` of a cgroup made for this run."""
    no_cgroup: str | None = None
    """Or why there is none."""
    only_read: bool = False
    """Whether the pickle is only to be read, and nothing is run."""
    accelerate: bool = False
    """Whether LightGBM's trees are walked by code of ours, if that is there."""
    protected: list[int] = field(default_factory=list)
    """Processes that no call of the model may touch."""
    groups: list[int] = field(default_factory=list)
    """Their process groups."""

    def to_json(self) -> str:
        """For `from_json` in the other process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """What `to_json` wrote."""
        return cls(**json.loads(text))

    def of_keeper(self) -> Plan:
        """Complete it in the keeper: it must be as safe from the model as the supervisor."""
        known = {self.supervisor, os.getpid()}
        groups = set(map(os.getpgid, known)) - {0}  # 0: the group's leader is outside of our container
        return replace(self, keeper=os.getpid(), protected=sorted(known), groups=sorted(groups))
