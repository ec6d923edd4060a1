def model(live_features):
    return live_features["no such column"]
