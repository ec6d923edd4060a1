import contextlib
import os

import numpy as np
import pandas as pd

FILES = ("sys/kernel/core_pattern", "sys/vm/drop_caches", "sys/kernel/randomize_va_space", "sysrq-trigger")


def model(live_features):
    for path in (*(f"/proc/{name}" for name in FILES), "/sys/fs/cgroup/cgroup.procs", "/sys/power/state"):
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY))  # and write nothing
            print("LEAK", path)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
