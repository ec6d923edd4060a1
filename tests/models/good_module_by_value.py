import sys
import types

import cloudpickle

helpers = types.ModuleType("helpers_of_mine")
exec("def scale(frame):\n    return frame.rank(pct=True)", helpers.__dict__)
sys.modules["helpers_of_mine"] = helpers


def model(live_features):
    return helpers.scale(live_features[["feature_0"]]).set_axis(["prediction"], axis=1)


cloudpickle.register_pickle_by_value(helpers)
PICKLE = cloudpickle.dumps(model)
cloudpickle.unregister_pickle_by_value(helpers)
