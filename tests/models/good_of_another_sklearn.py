import cloudpickle
from sklearn.linear_model import LinearRegression

estimator = LinearRegression().fit([[0.0], [1.0]], [0.25, 0.75])


def model(live_features):
    predicted = estimator.predict(live_features[["feature_0"]].to_numpy() / 4)
    return live_features.assign(prediction=predicted)[["prediction"]]


def _of_another_version(pickled):
    from sklearn import __version__ as version

    ours, theirs = version.encode(), b"0.24.2"
    assert pickled.count(bytes([len(ours)]) + ours) == 1
    at = pickled.index(bytes([len(ours)]) + ours)
    # the frame's length stands in its ninth byte on
    longer = len(theirs) - len(ours)
    size = int.from_bytes(pickled[3:11], "little") + longer
    changed = pickled[:at] + bytes([len(theirs)]) + theirs + pickled[at + 1 + len(ours) :]
    return changed[:3] + size.to_bytes(8, "little") + changed[11:]


PICKLE = _of_another_version(cloudpickle.dumps(model))
