import numpy as np
import pandas as pd
import xgboost

rng = np.random.default_rng(0)
X, y = rng.integers(0, 5, (500, 6)), rng.random(500)
trained = xgboost.XGBRegressor(n_estimators=20, n_jobs=64).fit(X, y)


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy()
    again = xgboost.XGBRegressor(n_estimators=20, n_jobs=-1).fit(X, y)
    prediction = (trained.predict(features) + again.predict(features)) / 2
    return pd.DataFrame({"prediction": prediction}, live_features.index).clip(0, 1)
