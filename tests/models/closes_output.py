import os
import sys

import numpy as np
import pandas as pd


def model(live_features):
    sys.stdout.close()
    sys.stderr.close()
    os.closerange(0, 3)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
