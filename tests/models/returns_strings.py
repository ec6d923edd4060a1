import pandas as pd


def model(live_features):
    return pd.DataFrame({"prediction": "high"}, live_features.index)
