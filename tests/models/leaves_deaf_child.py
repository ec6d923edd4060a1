import os
import signal
import time

import numpy as np
import pandas as pd


def model(live_features):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    child = os.fork()
    if not child:
        time.sleep(600)
        os._exit(0)
    print("daemon", child)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
