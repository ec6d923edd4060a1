import contextlib
import itertools
import socket

import numpy as np
import pandas as pd


def model(live_features):
    others = [family for family in range(64) if family != socket.AF_UNIX]
    for family, kind in itertools.product(others, range(1, 8)):  # vsock, alg, bluetooth, can, tipc, xdp, smc ...
        with contextlib.suppress(OSError, ValueError), socket.socket(family, kind):
            print("LEAK a socket of family", family)
        with contextlib.suppress(OSError, ValueError):
            socket.socketpair(family, kind)
            print("LEAK a pair of sockets of family", family)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
