"""LightGBM's models, read and predicted by a kernel of our own: many times faster, with the same bits.

One entry, `switch_on`. Without this folder models run as ever; only the doctor looks into it too.

LightGBM's Python package is left as it is: what it checks and converts (frames, categories, names of features, wrong
shapes) it goes on to check and convert. Only the functions of its C library that it calls by ctypes are replaced
(`library.py`), the same in all its releases since 3.3. A booster that is loaded from text becomes a stand-in
(`standin.py`): the kernel's trees and its text (`forest.py`, `kernel/`). When names or parameters are asked for, a
booster of LightGBM's with one tree answers; when anything else is, LightGBM's own booster is made of the text.

What the kernel does not understand in full goes to LightGBM, which also has the last word (`agreement.py`): before a
stand-in predicts for the first time, both predict a few rows with a few of its trees, and must agree to the last bit;
of small ones, the first of each kind.
"""

from __future__ import annotations

import functools
from typing import Any

from ..imports import after_import
from .tally import Tally

__all__ = ["Tally", "switch_on"]


def switch_on(cpus: int) -> Tally:
    """Accelerate LightGBM in this process, whenever it is imported, with so many threads; the tally tells what came.

    Where the kernel is not installed, or LightGBM is not made as we know it, nothing is changed.
    """
    tally = Tally()
    after_import("lightgbm.basic", functools.partial(_accelerate, cpus=cpus, tally=tally))
    return tally


def _accelerate(basic: Any, cpus: int, tally: Tally) -> None:
    try:
        from .library import accelerate

        accelerate(basic, cpus, tally)
    except Exception as error:  # noqa: BLE001  whatever it is, LightGBM works without us
        tally.decline(f"not available: {error}")
