import catboost
import numpy as np
import pandas as pd

rng = np.random.default_rng(0)
X, y = rng.integers(0, 5, (500, 6)), rng.random(500)
trained = catboost.CatBoostRegressor(iterations=20, verbose=0, thread_count=64).fit(X, y)


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy()
    again = catboost.CatBoostRegressor(iterations=20, verbose=0, thread_count=64).fit(X, y)  # writes catboost_info
    prediction = (trained.predict(features, thread_count=64) + again.predict(features)) / 2
    return pd.DataFrame({"prediction": prediction}, live_features.index).clip(0, 1)
