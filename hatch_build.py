"""Compile the kernel whenever the package is built or installed: hatchling calls this for wheels, editable ones too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.wheel import WheelBuilder

LIBRARY = "predict/sandbox/worker/accelerate/libforest.so"
SCRIPT = "predict/sandbox/worker/accelerate/kernel/compile.py"


class Kernel(BuildHookInterface[BuilderConfig]):
    """A wheel with the kernel is for one platform, without it for all; either is for every Python."""

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Take the library in where it can be compiled; what hinders it is in the script's own words."""
        root = Path(self.root)
        if subprocess.run([sys.executable, root / SCRIPT], check=False).returncode:
            sys.exit("The build ends here: the kernel is missing, and the line above says why.")
        if (root / LIBRARY).exists():
            platform = WheelBuilder(self.root).get_best_matching_tag().rpartition("-")[2]
            build_data.update(pure_python=False, tag=f"py3-none-{platform}")
            build_data["artifacts"].append(f"/{LIBRARY}")
