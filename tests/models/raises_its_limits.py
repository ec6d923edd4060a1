import contextlib
import resource

import numpy as np
import pandas as pd


def model(live_features):
    for which in (getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")):
        hard = resource.getrlimit(which)[1]
        with contextlib.suppress(OSError, ValueError):
            if hard != resource.RLIM_INFINITY:
                resource.setrlimit(which, (hard + 1, hard + 1))
                print("LEAK a higher limit:", which)
    for which in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        if resource.getrlimit(which)[1] == resource.RLIM_INFINITY:
            print("LEAK no limit:", which)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
