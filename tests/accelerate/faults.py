"""What becomes of a prediction when the kernel, or what is around it, is wrong: `python -m accelerate.faults FAULT`."""

from __future__ import annotations

import ctypes  # noqa: TID251  a wrong kernel writes where the kernel does
import sys
from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np

from accelerate import trained
from predict.sandbox.worker.accelerate import agreement, forest, switch_on


def _another_number(predict: Callable[..., None]) -> Callable[..., None]:
    """A kernel that is wrong by one bit in one row."""

    def wrong(self: forest.Forest, matrix: forest.Matrix, out: int, **how: Any) -> None:
        predict(self, matrix, out, **how)
        ctypes.c_uint8.from_address(out).value ^= 1

    return wrong


def _raises(*_arguments: object, **_how: object) -> None:
    raise ZeroDivisionError("a fault of ours")


def break_it(fault: str) -> None:
    """Put one fault in."""
    if fault == "another number":
        forest.Forest.predict = _another_number(forest.Forest.predict)  # type: ignore[method-assign]
    elif fault == "reading raises":
        forest.Forest.text = _raises  # type: ignore[assignment, method-assign]
        forest.Forest.__init__ = _raises  # type: ignore[method-assign]
    elif fault == "predicting raises":
        forest.Forest.predict = _raises  # type: ignore[method-assign]
    elif fault == "asking raises":
        agreement.some_rows = _raises
    elif fault == "no kernel":
        forest.LIBRARY = forest.LIBRARY.with_name("none.so")


def main(fault: str) -> None:
    """Predict with LightGBM and with the broken kernel; print what was declined, if they are the same."""
    booster, features = trained.trained("regression", rounds=70), trained.features(seed=1)
    text, expected = booster.model_to_string(), booster.predict(features)
    break_it(fault)
    tally = switch_on(1)
    loaded = lightgbm.Booster(model_str=text)
    for _ in range(2):
        assert np.array_equal(loaded.predict(features), expected)
    facts = tally.facts()
    assert facts["rows"] == (0 if fault else 2 * len(features))
    sys.stdout.write("; ".join(facts["declined"]))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(sys.argv[1])
