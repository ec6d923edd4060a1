import contextlib
import socket

import numpy as np
import pandas as pd


def model(live_features):
    ours, theirs = socket.socketpair()
    with contextlib.suppress(OSError):
        ours.send(b"!", socket.MSG_OOB)
        print("LEAK out-of-band data on unix sockets")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
