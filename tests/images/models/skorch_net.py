import numpy as np
import pandas as pd
import skorch
import torch

torch.manual_seed(0)
layers = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1), torch.nn.Sigmoid())
net = skorch.NeuralNetRegressor(layers, max_epochs=2, verbose=0)
net.fit(np.random.default_rng(0).random((100, 6), "float32"), np.random.default_rng(1).random((100, 1), "float32"))


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy().astype("float32")
    return pd.DataFrame({"prediction": net.predict(features)[:, 0]}, live_features.index)
