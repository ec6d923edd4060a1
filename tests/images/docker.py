"""`docker run` as people type it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess  # noqa: TID251  a test starts Docker
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DOCKER = shlex.split(os.environ.get("DOCKER", "docker"))
# For machines where containers need a flag more, as `--network host` where Docker has no bridge.
MORE_FLAGS = os.environ.get("DOCKER_RUN_FLAGS", "")
NETWORK = re.compile(r"--net(work)?[= ]\S+")

LIMITS = ("-m", "4g", "--cpus", "1")
HARDENED = (
    *("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),  # noqa: S108  as in the README
    *("--user", "10001", "--network", "none"),
)
MODES = {"default": LIMITS, "hardened": (*LIMITS, *HARDENED)}

Ended = subprocess.CompletedProcess[str]
Flags = Sequence[str]


@dataclass(frozen=True)
class Image:
    """A built image, by its name."""

    name: str

    def command(self, *words: object, flags: Flags = ()) -> list[str]:
        """What to type."""
        more = NETWORK.sub("", MORE_FLAGS) if "--network" in flags else MORE_FLAGS  # Docker takes it once
        return [*DOCKER, "run", "--rm", *shlex.split(more), *flags, self.name, *map(str, words)]

    def run(self, *words: object, flags: Flags = ()) -> Ended:
        """Run the program."""
        return _ended(self.command(*words, flags=flags))

    def typed(self, shell: str, folder: Path) -> Ended:
        """Run shell commands as a document shows them, with this image in place of the one that they name."""
        more = NETWORK.sub("", MORE_FLAGS) if NETWORK.search(shell) else MORE_FLAGS
        shell = re.sub(r"\bnumerai_predict_py_\w+:\w+", self.name, shell)
        shell = re.sub(r"\bdocker run\b", f"{shlex.join(DOCKER)} run {more}", shell)
        return _ended(["sh", "-ec", shell], folder)

    def python(self, *words: object, flags: Flags = ()) -> Ended:
        """Run the image's Python instead."""
        return self.run(*words, flags=("--entrypoint", "python", *flags))


def docker(*words: object) -> str:
    """Any other of Docker's commands, which must succeed."""
    ended = _ended([*DOCKER, *map(str, words)])
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def mounted(*paths: Path, writable: bool = False) -> Flags:
    """Flags that show files or folders to a container, where they are."""
    return [word for path in paths for word in ("-v", f"{path}:{path}" + ("" if writable else ":ro"))]


def succeeded(ended: Ended) -> str:
    """Expect exit code 0; return what it printed."""
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def _ended(command: list[str], folder: Path | None = None) -> Ended:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
