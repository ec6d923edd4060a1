def model(live_features):
    held = []
    while True:
        held.append([object()])
