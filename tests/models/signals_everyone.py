import contextlib
import os
import signal
import socket

import numpy as np
import pandas as pd


def model(live_features):
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET):
        print("LEAK there are no guards: better not try")
        return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGWINCH)  # which nobody minds
        print("LEAK a signal to everyone")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
