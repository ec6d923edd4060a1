import pandas as pd


def model(live_features):
    values = pd.Series([10**5000] * len(live_features), live_features.index, dtype=object)
    return values.to_frame("prediction")
