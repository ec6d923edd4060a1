import contextlib
import socket

import numpy as np
import pandas as pd


def model(live_features):
    with contextlib.suppress(OSError):
        print("LEAK an address:", socket.getaddrinfo("example.com", 80)[0])
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
