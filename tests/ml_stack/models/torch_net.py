import numpy as np
import pandas as pd
import torch

torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(6, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1), torch.nn.Sigmoid())


def model(live_features):
    torch.set_num_threads(64)
    torch.manual_seed(0)
    features = torch.from_numpy(live_features.filter(like="feature_").to_numpy().astype(np.float32))
    optimizer = torch.optim.Adam(net.parameters())
    for _ in range(5):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(net(features)[:, 0], features[:, 0] / 4).backward()
        optimizer.step()
    with torch.no_grad():
        prediction = net(features).numpy().ravel()
    return pd.DataFrame({"prediction": prediction}, live_features.index)
