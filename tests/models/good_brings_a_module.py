# What some people do to carry their own files along: a call at load that makes the module, then references to it.
import cloudpickle

SOURCE = """
import sys, types
module = types.ModuleType("carried")
module.__dict__["scale"] = lambda frame: frame.rank(pct=True)
sys.modules["carried"] = module
"""


class Carrier:
    def __reduce__(self):
        return exec, (SOURCE,)


def model(live_features):
    import carried

    return carried.scale(live_features[["feature_0"]]).set_axis(["prediction"], axis=1)


class Both:
    def __reduce__(self):
        return take_second, (Carrier(), model)


def take_second(_, function):
    return function


PICKLE = cloudpickle.dumps(Both())
