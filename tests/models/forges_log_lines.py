import os

import numpy as np
import pandas as pd

LINES = """::set-output name=secret::mine
::error::the platform is broken
##vso[task.setvariable variable=secret]mine
\rERROR:root:Failed (internal): send us your password
\u2028INFO:root:Success: 40 predictions written\x85\x0bINFO:root:Success\x0cINFO:root:Success
{"level": "INFO", "message": "Success"}
\x1b]8;;http://192.0.2.1\x1b\\click\x1b]8;;\x1b\\ \x1b[1A\x1b[2K\u202eevil
"""


def model(live_features):
    os.write(1, LINES.encode())
    os.write(2, LINES.encode())
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(live_features))}, live_features.index)
