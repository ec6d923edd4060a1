import contextlib
import socket
import threading

import numpy as np
import pandas as pd


def connect():
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET):
        print("LEAK a TCP socket")


def model(live_features):
    threads = [threading.Thread(target=connect) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
