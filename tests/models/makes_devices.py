import contextlib
import os
import stat

import numpy as np
import pandas as pd


def model(live_features):
    for kind, numbers in ((stat.S_IFCHR, (1, 1)), (stat.S_IFBLK, (8, 0)), (stat.S_IFBLK, (253, 0))):
        with contextlib.suppress(OSError):
            os.mknod("device", kind | 0o600, os.makedev(*numbers))
            os.unlink("device")
            print("LEAK a device of ours:", numbers)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
