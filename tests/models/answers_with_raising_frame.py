import pandas as pd


class Frame(pd.DataFrame):
    @property
    def columns(self):
        raise ValueError("guess my columns")


def model(live_features):
    return Frame(index=live_features.index)
