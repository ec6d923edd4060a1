import contextlib
import socket

import numpy as np
import pandas as pd


def model(live_features):
    for family, protocol in ((socket.AF_INET, 1), (socket.AF_INET6, 58), (socket.AF_PACKET, 0x300)):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_RAW, protocol):
            print("LEAK a raw socket:", family)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
