import ctypes
import os
import pathlib
import platform

import numpy as np
import pandas as pd

CALLS = {"x86_64": (200, 234, 129, 297), "aarch64": (130, 131, 138, 240)}


def model(live_features):
    parent = os.getppid()
    runner = int(pathlib.Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1])
    call, info = ctypes.CDLL(None).syscall, (ctypes.c_int * 32)(28, 0, -1)  # SIGWINCH, which nobody minds; SI_QUEUE
    tkill, tgkill, queue, queue_to_thread = CALLS[platform.machine()]
    for pid in (parent, runner):
        results = call(tkill, pid, 28), call(tgkill, pid, pid, 28), call(queue, pid, 28, info)
        if 0 in (*results, call(queue_to_thread, pid, pid, 28, info)):
            print("LEAK a signal to", pid)
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
