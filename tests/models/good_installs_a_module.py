# The module is made at load by a function that travels along, and needs no exec by name.
import cloudpickle


def install(model):
    import sys
    import types

    module = types.ModuleType("installed")
    module.column = "feature_0"
    sys.modules["installed"] = module
    return model


def model(live_features):
    import installed

    return live_features[[installed.column]].rank(pct=True).set_axis(["prediction"], axis=1)


class Carrier:
    def __reduce__(self):
        return install, (model,)


PICKLE = cloudpickle.dumps(Carrier())
