def model(live_features, live_benchmark_models, meta_model):
    pass
