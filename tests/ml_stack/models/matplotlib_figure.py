import hashlib
import io

import matplotlib.pyplot as plt
import pandas as pd


def model(live_features):
    plt.switch_backend("agg")
    live_features["feature_0"].plot.hist(title="a title needs fonts")
    png = io.BytesIO()
    plt.savefig(png, metadata={"Software": None})
    digest = hashlib.sha256(png.getvalue()).digest()
    prediction = [digest[number % 32] / 255 for number in range(len(live_features))]
    return pd.DataFrame({"prediction": prediction}, live_features.index)
