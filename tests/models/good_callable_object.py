import numpy as np
import pandas as pd


class Ensemble:
    def __call__(self, live_features):
        return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)


model = Ensemble()
