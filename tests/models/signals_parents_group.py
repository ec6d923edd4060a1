import contextlib
import os
import pathlib
import signal

import numpy as np
import pandas as pd


def model(live_features):
    parent = os.getppid()
    runner = pathlib.Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1]
    for pid in (parent, int(runner)):
        with contextlib.suppress(OSError):
            os.killpg(os.getpgid(pid), signal.SIGWINCH)  # which nobody minds
            print("LEAK a signal to the group of", pid)
    with contextlib.suppress(OSError):
        os.setpgid(0, os.getpgid(int(runner)))
        print("LEAK we are in the group of", runner)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
