"""Modules that the runner finds under the name that they had when the pickle was written."""

from collections.abc import Mapping

# Old name to new, for a module and all below it. cloudpickle records submodules by name: every notebook that mentioned
# np.linalg before NumPy 2.4 asks for the first. Pickles of NumPy 2 ask an older one for the second.
MOVED = {"numpy.linalg.linalg": "numpy.linalg._linalg", "numpy._core": "numpy.core"}


def successor(name: str, moved: Mapping[str, str] = MOVED) -> str | None:
    """The name that a module may have here instead."""
    for old, new in moved.items():
        if name == old or name.startswith(f"{old}."):
            return f"{new}{name[len(old) :]}"
    return None
