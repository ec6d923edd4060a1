import contextlib
import socket

import numpy as np
import pandas as pd


def model(live_features):
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        print("LEAK a TCP socket")
        connection.settimeout(0.5)
        connection.connect(("192.0.2.1", 80))
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
