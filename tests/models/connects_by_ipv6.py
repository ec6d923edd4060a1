import contextlib
import socket

import numpy as np
import pandas as pd


def model(live_features):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, kind):
            print("LEAK an IPv6 socket:", kind)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
