def model(live_features):
    if len(live_features) > 10**9:
        import no_such_module
    try:
        import no_such_module_either
    except ImportError:
        no_such_module_either = None
    return live_features[["feature_0"]].rank(pct=True).set_axis(["prediction"], axis=1)
