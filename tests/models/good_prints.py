import sys

import numpy as np
import pandas as pd


def model(live_features):
    print("hello\nERROR:root:forged \x1b[2J")
    print("to stderr", file=sys.stderr)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
