import numpy as np
import pandas as pd
import statsmodels.api

rng = np.random.default_rng(0)
X, y = rng.integers(0, 5, (500, 6)), rng.random(500)
trained = statsmodels.api.OLS(y, statsmodels.api.add_constant(X)).fit()


def model(live_features):
    features = statsmodels.api.add_constant(live_features.filter(like="feature_").to_numpy(), has_constant="add")
    robust = statsmodels.api.RLM(y, statsmodels.api.add_constant(X)).fit()
    prediction = (trained.predict(features) + robust.predict(features)) / 2
    return pd.DataFrame({"prediction": prediction}, live_features.index).clip(0, 1)
