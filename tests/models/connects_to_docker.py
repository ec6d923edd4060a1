import contextlib
import socket

import numpy as np
import pandas as pd

DAEMONS = ("docker.sock", "containerd/containerd.sock", "crio/crio.sock", "podman/podman.sock", "systemd/private")


def model(live_features):
    for path in DAEMONS:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(f"/run/{path}")
            print("LEAK a daemon that starts programs:", path)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
