import contextlib
import os
import sys

import numpy as np
import pandas as pd


def model(live_features):
    files = {
        getattr(module, "__file__", None) for name, module in [*sys.modules.items()] if name.startswith("_predict")
    }
    for file in files - {None}:
        with contextlib.suppress(OSError), open(file, "ab"):
            print("LEAK the runner can be changed:", file)
        with contextlib.suppress(OSError):
            open(f"{os.path.dirname(file)}/leak.py", "x").close()
            os.unlink(f"{os.path.dirname(file)}/leak.py")
            print("LEAK a new module of the runner beside", file)
    assert files
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
