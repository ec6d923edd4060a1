import threading

import numpy as np
import pandas as pd


def spin():
    while True:
        pass


def model(live_features):
    threading.Thread(target=spin).start()
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
