import subprocess
import sys

import numpy as np
import pandas as pd


def model(live_features):
    code = "import socket; socket.socket(socket.AF_INET)"
    if subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode == 0:
        print("LEAK a TCP socket")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
