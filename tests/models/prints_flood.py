def model(live_features):
    while True:
        print("x" * 100_000)
