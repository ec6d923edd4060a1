import pandas as pd


def made(columns, weights):
    def model(live_features):
        total = sum(live_features[name] * weight for name, weight in zip(columns(live_features), weights))
        return pd.DataFrame({"prediction": total.rank(pct=True, method="first")})

    return model


model = made(lambda frame: [name for name in frame if name.startswith("feature_")], [1, 2, 3])
