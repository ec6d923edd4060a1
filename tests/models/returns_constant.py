import pandas as pd


def model(live_features):
    return pd.DataFrame({"prediction": 0.5}, live_features.index)
