def model(live_features):
    held = []
    while True:
        held.append(b"x" * 8 * 1024**2)
