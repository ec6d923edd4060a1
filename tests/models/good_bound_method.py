import numpy as np
import pandas as pd


class Ensemble:
    def predict(self, live_features, live_benchmark_models):
        return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)


model = Ensemble().predict
