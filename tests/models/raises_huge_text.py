def model(live_features):
    raise ValueError("x" * 200_000_000)
