import os
import signal

import numpy as np
import pandas as pd


def model(live_features):
    told, tell = os.pipe()
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        print("daemon", os.getpid(), flush=True)
        os.write(tell, b".")
        signal.pause()
    os.read(told, 1)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
