"""What a model may be: how to call it, and with how many frames."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .failure import Refused, with_article

if TYPE_CHECKING:
    import pandas as pd

MOST_FRAMES = 2


def as_function(model: Any) -> tuple[Callable[..., Any], int]:
    """Return what to call and how many frames it needs.

    Raises:
        Refused: `not_callable`, or `bad_signature` when one or two frames do not satisfy it.
    """
    if callable(model):
        try:
            signature = inspect.signature(model)
        except (TypeError, ValueError):  # builtins and C functions may have none: give them one frame
            return model, 1
        return model, frames_needed(list(signature.parameters.values()))
    if callable(getattr(model, "predict", None)):
        return estimator_function(model), 1
    raise Refused("not_callable", f"the pickle holds {with_article(type(model).__name__)}, which cannot be called")


def frames_needed(parameters: list[inspect.Parameter]) -> int:
    """Count the positional arguments that have no default, one at the least."""
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)]
    needed = [p.name for p in positional if p.kind is not p.VAR_POSITIONAL and p.default is p.empty]
    keywords = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if keywords:
        raise Refused("bad_signature", f"the model needs the keyword argument {keywords[0]!r}, which nobody passes")
    if not positional:
        raise Refused("bad_signature", "the model takes no argument, so it cannot be given the live features")
    if len(needed) > MOST_FRAMES:
        names = ", ".join(needed)
        raise Refused("bad_signature", f"the model needs {len(needed)} arguments ({names}); it is given two at most")
    return max(1, len(needed))


def estimator_function(model: Any) -> Callable[[pd.DataFrame], Any]:
    """Let an estimator predict on the columns that it was fitted on; its array gets the live ids."""
    import numpy as np
    import pandas as pd

    def predict(live_features: pd.DataFrame) -> Any:
        fitted = fitted_columns(model, live_features)
        result = model.predict(live_features if fitted is None else live_features[fitted])
        if isinstance(result, np.ndarray) and result.shape in ((len(live_features),), (len(live_features), 1)):
            return pd.DataFrame({"prediction": result.ravel()}, index=live_features.index)
        return result

    return predict


def fitted_columns(model: Any, live_features: pd.DataFrame) -> list[str] | None:
    """The columns that an estimator recorded; LightGBM's releases before 4.6 know them by another name only.

    That one always has names, made up where the model saw none.
    """
    fitted = getattr(model, "feature_names_in_", None)
    if fitted is not None:
        return list(fitted)
    known = list(getattr(model, "feature_name_", ()))
    return known if known and set(known) <= set(live_features.columns) else None
