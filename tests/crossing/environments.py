"""Environments of several generations: made by uv, kept until what they are made of changes.

Each file in `environments/` is one, called after its Python: `3.10-2023.txt` lists what is installed in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess  # noqa: TID251  uv makes environments
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CONTENTS = HERE.parents[1] / "predict" / "inspection" / "contents.py"
UV = Path(sys.executable).with_name("uv")
NO_DOWNLOADS = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}


@dataclass(frozen=True)
class Home:
    """One environment: where it is, and what it is made of."""

    requirements: Path
    folder: Path

    @property
    def name(self) -> str:
        """Its Python and its generation."""
        return self.requirements.stem

    @property
    def minor(self) -> str:
        """Such as "3.12"."""
        return self.name.partition("-")[0]

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def contents(self) -> Path:
        """What it has, as the images' descriptions tell it."""
        return self.folder / "contents.json"


def homes(cache: Path) -> list[Home]:
    """All that are listed, oldest Python first."""
    found = [Home(path, cache / path.stem) for path in (HERE / "environments").glob("*.txt")]
    return sorted(found, key=lambda home: (*map(int, home.minor.split(".")), home.name))


def interpreter(minor: str) -> Path | None:
    """Find a Python on PATH, or where pyenv keeps them; it must start, as pyenv's stand-ins often do not."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    on_path = filter(None, [shutil.which(f"python{minor}")])
    for python in (*map(Path, on_path), *sorted(root.glob(f"versions/{minor}.*/bin/python{minor}"))):
        found = subprocess.run([python, "-c", "import sys; print(sys.executable)"], capture_output=True, check=False)
        if not found.returncode:
            return Path(os.fsdecode(found.stdout).strip())
    return None


def made(home: Home) -> bool:
    """Make an environment unless it is there; whether it is."""
    ingredients = _ingredients(home)
    stamp = home.folder / "ingredients.txt"
    if stamp.exists() and stamp.read_text() == ingredients:
        return True
    python = interpreter(home.minor)
    if python is None:
        return False
    _uv("venv", "--quiet", "--clear", "--no-project", "--python", python, home.folder)
    _uv(*("pip", "install", "--quiet", "--only-binary", ":all:", "--python", home.python, "-r", home.requirements))
    described = subprocess.run([home.python, "-I", CONTENTS], stdout=subprocess.PIPE, check=True)
    home.contents.write_bytes(described.stdout)
    stamp.write_text(ingredients)
    return True


def _ingredients(home: Home) -> str:
    wanted = home.requirements.read_text()
    limits = [line.split()[1] for line in wanted.splitlines() if line.startswith("-c ")]
    files = [home.requirements, *(home.requirements.parent / limit for limit in limits), CONTENTS]
    return "\n".join(path.read_text() for path in files)


def _uv(*arguments: str | Path) -> None:
    subprocess.run([UV, *arguments], check=True, env=NO_DOWNLOADS)
