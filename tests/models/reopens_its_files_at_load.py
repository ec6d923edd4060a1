import contextlib
import os
import stat

import numpy as np
import pandas as pd


def predict(live_features):
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)


def sin(predict):
    for descriptor in range(3, 1024):
        with contextlib.suppress(OSError):
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY))
                print("LEAK a file that can be written:", os.readlink(f"/proc/self/fd/{descriptor}"))
    return predict


class Loads:
    def __reduce__(self):
        return sin, (predict,)


model = Loads()
