import subprocess
import sys

import numpy as np
import pandas as pd


def model(live_features):
    code = "import os, sys; sys.exit(os.fstat(0).st_mode == 0 or sys.stdin.read() != '')"
    subprocess.run([sys.executable, "-c", code], check=True)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
