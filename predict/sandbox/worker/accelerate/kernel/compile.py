"""Compile the kernel: `python compile.py [LIBRARY]`, for the package's build, the Makefile and the images alike.

The kernel is optional: LightGBM's own code predicts where it is missing. So a machine without a compiler is told what
it lacks, and nothing fails. PREDICT_KERNEL=required lets it fail there, PREDICT_KERNEL=off leaves the kernel out.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).resolve().parent
LIBRARY = FOLDER.parent / "libforest.so"
ELF = sys.platform != "darwin"
# A multiplication and an addition that are fused round once, and LightGBM's round twice.
FLAGS = ("-std=c++17", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-ffp-contract=off", "-pthread")
EXPORTS = ("-Wl,--version-script=exports.map",) if ELF else ()
# Images have no libstdc++, and conda's may be older than the compiler's. Not every compiler has it to link in.
ALONE = ("-static-libstdc++", "-static-libgcc") if ELF else ()
DEMANDS = ("auto", "required", "off")
WHAT_NOW = (
    "To have it, install a compiler (GCC 11 or newer; Debian, Ubuntu: apt install g++; CXX names another), "
    "and install again with pip's --force-reinstall --no-cache-dir, or type make kernel."
)


class NotCompiledError(Exception):
    """Why there is no library."""


def compile_kernel(library: Path) -> None:
    """Write the library whole or not at all: a running process may have the old one mapped.

    Raises:
        NotCompiledError: the compiler is missing, too old, or fails.
    """
    with TemporaryDirectory(dir=library.parent) as folder:
        made = Path(folder) / library.name
        try:
            _run_compiler([*FLAGS, *EXPORTS, *ALONE], made)
        except NotCompiledError:
            _run_compiler([*FLAGS, *EXPORTS], made)
        made.replace(library)


def _run_compiler(flags: list[str], made: Path) -> None:
    compiler = os.environ.get("CXX") or "c++"
    sources = sorted(path.name for path in FOLDER.glob("*.cpp"))  # bare and in order: the same bytes in every folder
    command = [*shlex.split(compiler), *flags, "-o", str(made), *sources]
    try:
        ended = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise NotCompiledError(f"{compiler} does not start: {error.strerror}") from None
    if ended.returncode or not made.exists():
        raise NotCompiledError(f"{compiler} failed: {_essence(ended.stderr) or f'exit code {ended.returncode}'}")


def _essence(text: str) -> str:
    """Find the line that tells most of what a compiler says."""
    lines = text.strip().splitlines()
    return next((line for line in lines if "error" in line), lines[-1] if lines else "")


def main(library: Path = LIBRARY) -> int:
    """Leave the library of these sources or none; 1 if it is required and none."""
    demand = os.environ.get("PREDICT_KERNEL") or "auto"
    if demand not in DEMANDS:
        sys.exit(f"PREDICT_KERNEL is {demand!r}: it takes {', '.join(DEMANDS)}.")
    if demand == "off":
        library.unlink(missing_ok=True)
        return 0
    try:
        compile_kernel(library)
    except (NotCompiledError, OSError) as error:
        with contextlib.suppress(OSError):  # of other sources, or not ours to remove
            library.unlink(missing_ok=True)
        sys.stderr.write(f"The kernel that accelerates LightGBM models is left out: {error}. {WHAT_NOW}\n")
        return int(demand == "required")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
