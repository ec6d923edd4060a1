def model(live_features):
    return model(live_features)
