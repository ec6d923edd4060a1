import contextlib
import os

import numpy as np
import pandas as pd


def model(live_features):
    with contextlib.suppress(OSError), open(np.__file__, "ab"):
        print("LEAK numpy can be changed")
    for folder in (os.path.dirname(np.__file__), os.path.dirname(os.__file__)):
        with contextlib.suppress(OSError):
            open(f"{folder}/leak.py", "x").close()
            os.unlink(f"{folder}/leak.py")
            print("LEAK a new module in", folder)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
