import subprocess

import numpy as np
import pandas as pd


def model(live_features):
    subprocess.Popen(["sleep", "600"])
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
