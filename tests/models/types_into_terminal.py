import contextlib
import fcntl
import os

import numpy as np
import pandas as pd


def model(live_features):
    with contextlib.suppress(OSError):
        os.open("/dev/tty", os.O_RDWR)
        print("LEAK the terminal")
    for descriptor in range(3):
        with contextlib.suppress(OSError):
            fcntl.ioctl(descriptor, 0x5412, b"#")  # TIOCSTI: as if typed
            print("LEAK the keyboard")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
