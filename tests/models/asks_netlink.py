import contextlib
import socket

import numpy as np
import pandas as pd


def model(live_features):
    for protocol in range(32):
        with contextlib.suppress(OSError), socket.socket(16, socket.SOCK_RAW, protocol):
            print("LEAK a netlink socket:", protocol)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
