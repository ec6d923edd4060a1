import contextlib
import pathlib
import socket

import numpy as np
import pandas as pd


def model(live_features):
    for line in pathlib.Path("/proc/net/unix").read_text().splitlines():
        _, found, name = line.partition(" @")
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET) if found else ():
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, kind) as connection:
                connection.connect("\0" + name.replace("@", "\0"))
                print("LEAK a socket of another process:", name)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
