import ctypes
import os

import numpy as np
import pandas as pd


def model(live_features):
    libc = ctypes.CDLL(None)
    if libc.syscall({"x86_64": 155, "aarch64": 41}[os.uname().machine], b".", b".") == 0:
        print("LEAK pivot_root")
    child = os.fork()
    if not child:
        os._exit(libc.chroot(b"."))
    if os.waitpid(child, 0)[1] == 0:
        print("LEAK chroot")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
