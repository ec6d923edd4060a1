import contextlib
import glob

import numpy as np
import pandas as pd

WHERE = ("/dev/[vs]d*", "/dev/nvme*", "/dev/xvd*", "/dev/mem", "/dev/kmsg", "/dev/kvm", "/proc/kcore", "/proc/kmsg")


def model(live_features):
    for path in (path for pattern in WHERE for path in glob.glob(pattern)):
        with contextlib.suppress(OSError), open(path, "rb", buffering=0):
            print("LEAK", path)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
