import os

import numpy as np
import pandas as pd


def model(live_features):
    for number in range(4):
        with open(f"sparse_{number}", "wb") as file:
            os.truncate(file.fileno(), 1024**3)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
