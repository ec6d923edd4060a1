def model(live_features):
    while True:
        pass
