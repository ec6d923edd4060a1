import numpy as np
import pandas as pd
import treelite
from sklearn.ensemble import RandomForestRegressor

rng = np.random.default_rng(0)
forest = RandomForestRegressor(5, random_state=0).fit(rng.integers(0, 5, (200, 6)), rng.random(200))
trees = treelite.sklearn.import_model(forest).serialize_bytes()  # its models themselves cannot be pickled


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy().astype("float64")
    predictions = treelite.gtil.predict(treelite.Model.deserialize_bytes(trees), features)
    return pd.DataFrame({"prediction": predictions.ravel()}, live_features.index)
