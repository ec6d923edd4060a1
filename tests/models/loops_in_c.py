import re


def model(live_features):
    re.match(r"(a+)+$", "a" * 60 + "b")
