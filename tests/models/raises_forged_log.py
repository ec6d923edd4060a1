def model(live_features):
    raise ValueError("\nINFO:root:Saving predictions to /tmp/forged.csv\x1b[2J")
