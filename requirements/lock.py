"""Write the locks of one Python, complete and hashed: `make lock/3.12`.

    core.in + py3.12.in + never.in            -> py3.12-core.txt
    full.in + py3.12.in + never.in + its core -> py3.12-full.txt
    torch.in                                  -> py3.12-torch.txt, from PyTorch's own index of builds without CUDA

Versions that still fit are kept; `make lock/3.12 LOCK_FLAGS=--upgrade` takes the newest.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
WHEELS = HERE.parent / "dockerfiles" / "wheels"
PLATFORM = "x86_64-manylinux_2_28"  # core resolves to the same on aarch64, and the hashes are those of all platforms
MARK = "# inputs: sha256:"


def inputs(python: str, name: str) -> list[Path]:
    """All that a lock follows from: what is wanted, what limits its versions, what is left out."""
    if name == "torch":
        return [HERE / "torch.in"]
    limits = [HERE / f"py{python}.in", *([lock_file(python, "core")] if name == "full" else [])]
    return [HERE / f"{name}.in", *filter(Path.exists, limits), HERE / "never.in"]


def lock_file(python: str, name: str) -> Path:
    """Where a lock is."""
    return HERE / f"py{python}-{name}.txt"


def digest(python: str, name: str) -> str:
    """What stands in a lock to show that it was made of today's inputs."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs(python, name))).hexdigest()


def uv(python: str, name: str, *arguments: str | Path) -> int:
    """Resolve one set into its lock; return uv's exit code, with the old lock untouched unless it is 0."""
    command = [
        *(Path(sys.executable).with_name("uv"), "pip", "compile", "--quiet", "--generate-hashes"),
        *("--only-binary", ":all:", "--python-version", python, "--python-platform", PLATFORM),
        *("--output-file", lock_file(python, name), *arguments),
    ]
    environment = os.environ | {"UV_CUSTOM_COMPILE_COMMAND": f"make lock/{python}", "UV_PYTHON_DOWNLOADS": "never"}
    return subprocess.run(command, check=False, env=environment).returncode


def seal(python: str, name: str) -> None:
    """Write on a lock what it was made of."""
    path = lock_file(python, name)
    lines = [line for line in path.read_text().splitlines(keepends=True) if not line.startswith(MARK)]
    path.write_text("".join([f"{MARK}{digest(python, name)}\n", *lines]))


def lock_torch(python: str, flags: Sequence[str]) -> int:
    """Lock PyTorch from its own index, or from a wheel of that very build that lies here."""
    wanted = ["--no-deps", "--emit-index-url", str(HERE / "torch.in")]
    wheels = list(WHEELS.glob(f"torch-*-cp{python.replace('.', '')}-*.whl"))
    if not wheels:
        return uv(python, "torch", *flags, *wanted)
    index = next(line for line in (HERE / "torch.in").read_text().splitlines() if line.startswith("--index-url"))
    version = wheels[0].name.split("-")[1]
    hashes = [f" \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" for wheel in wheels]
    lock_file(python, "torch").write_text(f"{index}\ntorch=={version}{''.join(hashes)}\n")
    return 0


def main(python: str, *flags: str) -> int:
    """Write the locks of core, full and PyTorch; without PyTorch's index its lock stays as it is."""
    for name in ("core", "full"):
        wanted, *limits, never = inputs(python, name)
        constraints = [f"--constraint={path}" for path in limits]
        if uv(python, name, *flags, *constraints, "--override", never, wanted):
            return 1
        seal(python, name)
    if lock_torch(python, flags):
        sys.stderr.write(f"PyTorch's index cannot be read here: {lock_file(python, 'torch').name} stays as it is.\n")
        return 0
    seal(python, "torch")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
