import os

import numpy as np
import pandas as pd


def model(live_features):
    for name in (b"-rf", b"\xff\xfe", b"new\nline", b"\x1b[2J", b"x" * 255, b"'\"$(id)`id`", b" ", b"..."):
        os.mkdir(name)
        open(name + b"/" + name, "x").close()
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
