def model(live_features):
    from _predict.sandbox.worker.accelerate.forest import Forest

    Forest(1, 100)
