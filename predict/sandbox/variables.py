"""The environment that a model gets: only what a library needs to run, for the supervisor's holds secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec

from .limits import threads

INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "KERAS_BACKEND")
SCRATCH = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR")


def environment(scratch: str, cpus: int, ours: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Variables of the model's process, which may write to `scratch`."""
    inherited = {name: ours[name] for name in INHERITED if name in ours}
    nobody = dict.fromkeys(("USER", "LOGNAME"), "model")  # its user id may have no name
    return _of_keras() | inherited | nobody | threads.environment(cpus) | dict.fromkeys(SCRATCH, scratch)


def _of_keras() -> dict[str, str]:
    """Keras takes TensorFlow if nobody tells it otherwise, even where only another backend is installed."""
    installed = [name for name in ("tensorflow", "jax", "torch") if find_spec(name)]
    return {"KERAS_BACKEND": installed[0]} if installed and installed[0] != "tensorflow" else {}
