def model(live_features):
    import my_features

    return my_features.predict(live_features)
