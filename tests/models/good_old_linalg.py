import cloudpickle.cloudpickle
import pandas as pd


class Submodule:  # as cloudpickle writes one that a function mentions
    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return cloudpickle.cloudpickle.subimport, (self.name,)


linalg = Submodule("numpy.linalg.linalg")


def model(live_features):
    assert linalg.norm([3, 4]) == 5
    return pd.DataFrame({"prediction": live_features.mean(axis=1, numeric_only=True).rank(pct=True)})
