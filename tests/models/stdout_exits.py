import sys

import numpy as np
import pandas as pd


class Leaving:
    def flush(self):
        raise SystemExit("not flushing")


def model(live_features):
    sys.stdout = Leaving()
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
