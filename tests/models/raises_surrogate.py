def model(live_features):
    raise ValueError("bad \udc80 file")
