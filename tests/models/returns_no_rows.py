import pandas as pd


def model(live_features):
    return pd.DataFrame({"prediction": []})
