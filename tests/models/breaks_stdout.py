import sys

import numpy as np
import pandas as pd


class Broken:
    def flush(self):
        raise OSError("out of paper")


def model(live_features):
    sys.stdout = sys.stderr = Broken()
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
