import ctypes

import numpy as np
import pandas as pd


def model(live_features):
    syscall = ctypes.CDLL(None).syscall
    if syscall(428, -100, b"/etc", 1) >= 0:  # open_tree, AT_FDCWD, OPEN_TREE_CLONE
        print("LEAK a copy of a mount")
    if syscall(430, b"tmpfs", 0) >= 0:  # fsopen
        print("LEAK a new file system")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
