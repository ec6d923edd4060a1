import numpy as np
import pandas as pd
import torch
from torch.utils.data import DataLoader, TensorDataset


def model(live_features):
    features = torch.from_numpy(live_features.filter(like="feature_").to_numpy().astype(np.float32))
    # Its processes hand tensors back in shared memory, whose descriptors travel over a Unix socket.
    loader = DataLoader(TensorDataset(features), batch_size=8, num_workers=2)
    prediction = torch.cat([batch.mean(1) / 4 for (batch,) in loader]).numpy()
    return pd.DataFrame({"prediction": prediction}, live_features.index)
