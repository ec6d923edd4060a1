import contextlib
import os
import time

import numpy as np
import pandas as pd


def model(live_features):
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        os.write(1, f"daemon {os.getpid()}\n".encode())
        for _ in range(60_000):
            with contextlib.suppress(OSError):
                os.write(1, b"still here\n")
            time.sleep(0.01)
        os._exit(0)
    os.wait()
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
