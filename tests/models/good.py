import pandas as pd


def model(live_features):
    return pd.DataFrame({"prediction": live_features.mean(axis=1, numeric_only=True).rank(pct=True)})
