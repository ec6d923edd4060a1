import os

import numpy as np
import pandas as pd


def model(live_features):
    noise = np.random.default_rng(0).integers(0, 256, 200_000, dtype="uint8").tobytes()
    os.write(1, noise)
    os.write(2, b"\x1b]0;owned\x07\x1b[2J\x9b31m\x00\xe2\x80\xae\xef\xbb\xbf\xff\r\r\n" + noise)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
