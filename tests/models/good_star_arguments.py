import numpy as np
import pandas as pd


def model(*args, **kwargs):
    assert len(args) == 1 and not kwargs
    return pd.DataFrame({"prediction": np.linspace(0, 1, len(args[0]))}, args[0].index)
