import lightgbm
import numpy as np
import pandas as pd

rng = np.random.default_rng(0)
X, y = rng.integers(0, 5, (500, 6)), rng.random(500)
trained = lightgbm.LGBMRegressor(n_estimators=20, n_jobs=64, verbose=-1).fit(X, y)


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy()
    again = lightgbm.LGBMRegressor(n_estimators=20, n_jobs=64, verbose=-1).fit(X, y)
    prediction = trained.predict(features) + again.predict(features) + trained.booster_.predict(features)
    return pd.DataFrame({"prediction": prediction / 3}, live_features.index).clip(0, 1)
