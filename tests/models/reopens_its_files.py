import contextlib
import fcntl
import os
import stat

import numpy as np
import pandas as pd


def model(live_features):
    for descriptor in range(3, 1024):
        with contextlib.suppress(OSError):
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY:
                    print("LEAK a file open for writing:", descriptor)
                os.close(os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY))
                print("LEAK a file that can be written:", os.readlink(f"/proc/self/fd/{descriptor}"))
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
