import os
import signal

import numpy as np
import pandas as pd


def model(live_features):
    os.kill(os.getpid(), signal.SIGXCPU)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
