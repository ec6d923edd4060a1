import os
import time

import numpy as np
import pandas as pd


def model(live_features):
    reader, writer = os.pipe()
    if not os.fork():
        os.setsid()
        if not os.fork():
            os.write(1, f"daemon {os.getpid()}\n".encode())
            os.closerange(0, 1024)
            time.sleep(600)
        os._exit(0)
    os.close(writer)
    os.wait()
    os.read(reader, 1)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
