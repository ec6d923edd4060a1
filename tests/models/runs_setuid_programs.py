import contextlib
import os
import subprocess

import numpy as np
import pandas as pd


def model(live_features):
    for program in (["sudo", "-n", "id"], ["ping", "-c1", "-W1", "127.0.0.1"], ["doas", "-n", "id"]):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            nothing = {name: subprocess.DEVNULL for name in ("stdin", "stdout", "stderr")}
            if subprocess.run(program, timeout=2, **nothing).returncode == 0 and os.getuid():
                print("LEAK", *program)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
