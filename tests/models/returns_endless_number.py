import pandas as pd


def model(live_features):
    return pd.DataFrame({"prediction": [10**5000] * len(live_features)}, live_features.index)
