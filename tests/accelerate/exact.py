"""Makes values comparable to the last bit: NaN, zeros with a sign and types count too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

PLAIN = (str, bytes, int, bool, type(None))


def exact(value: Any) -> Any:
    """What a value is, in types whose equality is plain."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, exact(value.tolist()) if value.dtype.hasobject else value.tobytes())
    if isinstance(value, pd.DataFrame | pd.Series):
        columns = value.to_frame() if isinstance(value, pd.Series) else value
        return (exact(columns.index.to_numpy()), [(name, exact(column.to_numpy())) for name, column in columns.items()])
    return of_parts(value)


def of_parts(value: Any) -> Any:
    """What a container is; anything else by its type and text."""
    if isinstance(value, dict):
        return [(exact(key), exact(part)) for key, part in value.items()]
    if isinstance(value, list | tuple):
        return [exact(part) for part in value]
    return (type(value).__qualname__, str(value))


def outcome(case: Callable[[], Any]) -> tuple[str, Any]:
    """What a case returns, or raises."""
    try:
        return "returned", exact(case())
    except Exception as error:  # noqa: BLE001  whatever it is, it must be the same
        return "raised", (type(error).__qualname__, str(error))
