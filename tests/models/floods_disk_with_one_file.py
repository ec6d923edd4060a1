def model(live_features):
    with open("big", "wb") as file:
        for _ in range(256):
            file.write(b"x" * 1024**2)
            file.flush()
