def model(live_features):
    return live_features["feature_0"] / 4
