import os
import sys

import numpy as np
import pandas as pd


def model(live_features):
    assert not [entry for entry in sys.path if "sandbox" in entry]
    assert "predict" not in sys.modules
    assert sys.stdin.read() == ""
    secrets = [name for name in os.environ if name.startswith(("PREDICT_", "AWS_"))]
    assert not secrets, secrets
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
