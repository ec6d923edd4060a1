def model(live_features, *, benchmarks):
    pass
