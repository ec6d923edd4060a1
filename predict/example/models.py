"""Three models as people upload them.

Each is a nested function that imports inside itself: cloudpickle then writes it by value, and it loads where
this package is not importable, as in the worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

TREES = 200
NEUTRALIZED_SHARE = 0.1


def train(training: pd.DataFrame, seed: int) -> Any:
    """Fit the tutorial's LightGBM, with fewer trees, on the training eras; one thread makes it repeatable."""
    from lightgbm import LGBMRegressor

    model = LGBMRegressor(
        n_estimators=TREES,
        learning_rate=0.01,
        max_depth=5,
        num_leaves=2**5 - 1,
        colsample_bytree=0.1,
        random_state=seed,
        n_jobs=1,
        deterministic=True,
        force_row_wise=True,
        verbose=-1,
    )
    return model.fit(training.filter(regex="^feature_"), training["target"])


def lightgbm_model(model: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Make the tutorial's model: live features to ranked predictions."""
    features = list(model.feature_name_)

    def predict(live_features: pd.DataFrame) -> pd.DataFrame:
        import pandas as pd

        predictions = pd.Series(model.predict(live_features[features]), index=live_features.index)
        return predictions.rank(pct=True, method="first").to_frame("prediction")

    return predict


def ensemble_model(model: Any, benchmark: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    """Make a model of two arguments: the mean of its own ranks and a benchmark's."""
    features = list(model.feature_name_)

    def predict(live_features: pd.DataFrame, live_benchmark_models: pd.DataFrame) -> pd.DataFrame:
        import pandas as pd

        predictions = pd.Series(model.predict(live_features[features]), index=live_features.index)
        ensemble = (predictions.rank(pct=True) + live_benchmark_models[benchmark].rank(pct=True)) / 2
        return ensemble.rank(pct=True, method="first").to_frame("prediction")

    return predict


def neutralized_model(model: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Make a model whose predictions are neutral to the tenth of the features that it leans on most."""
    features = list(model.feature_name_)
    importance = dict(zip(features, model.feature_importances_.tolist(), strict=True))
    most_used = sorted(features, key=lambda name: -importance[name])
    neutralizers = most_used[: max(2, int(len(features) * NEUTRALIZED_SHARE))]

    def predict(live_features: pd.DataFrame) -> pd.DataFrame:
        import numpy as np
        import pandas as pd

        raw = model.predict(live_features[features])
        values = live_features[neutralizers].to_numpy("float64")
        exposures = np.column_stack([values, np.ones(len(values))])
        neutral = raw - exposures @ np.linalg.lstsq(exposures, raw, rcond=None)[0]
        predictions = pd.Series(neutral, index=live_features.index)
        return predictions.rank(pct=True, method="first").to_frame("prediction")

    return predict
