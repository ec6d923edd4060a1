import ctypes
import errno
import os

import numpy as np
import pandas as pd


def model(live_features):
    libc = ctypes.CDLL(None, use_errno=True)
    here = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(here), 8)
    for call in (libc.process_vm_readv, libc.process_vm_writev):  # the parent's memory looks as ours did
        if call(os.getppid(), vector, 1, vector, 1, 0) >= 0 or ctypes.get_errno() == errno.EFAULT:
            print("LEAK the memory of the parent")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
