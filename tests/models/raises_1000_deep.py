def model(live_features):
    error = None
    for number in range(1000):
        try:
            try:
                raise error or ValueError("the first")
            except ValueError:
                raise ValueError(f"link {number}")
        except ValueError as last:
            error = last
    raise error
