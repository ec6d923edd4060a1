"""Names, keywords and behaviours that came or went between versions of libraries and of Python."""

import numpy as np
import pandas as pd

FEATURES = [f"feature_{letter}" for letter in "abcde"]


def framed(values, live):
    return pd.DataFrame({"prediction": np.asarray(values, dtype=float)}, index=live.index)


# %% np_float
def predict(live):
    return framed(live["feature_a"].astype(np.float_) / 4, live)


# %% np_inf
def predict(live):
    return framed(live["feature_a"].replace(np.Inf, 0) / 4, live)


# %% np_nan
def predict(live):
    return framed(live["feature_a"].replace(np.NaN, 0) / 4, live)


# %% np_product
def predict(live):
    return framed(live["feature_a"] / np.product([2, 2]), live)


# %% np_in1d
def predict(live):
    return framed(np.where(np.in1d(live["feature_a"], [1, 2]), 0.8, 0.2), live)


# %% np_trapz
def predict(live):
    return framed(live["feature_a"] / 4 * np.trapz([1.0, 1.0]), live)


# %% np_trapezoid
def predict(live):
    return framed(live["feature_a"] / 4 * np.trapezoid([1.0, 1.0]), live)


# %% np_row_stack
def predict(live):
    return framed(np.row_stack([live["feature_a"], live["feature_b"]]).mean(axis=0) / 4, live)


# %% np_cumproduct
def predict(live):
    return framed(live["feature_a"] / np.cumproduct([2, 2])[-1], live)


# %% np_guarded
def predict(live):
    try:
        kind = np.float_
    except AttributeError:
        kind = np.float64
    return framed(live["feature_a"].astype(kind) / 4, live)


# %% np_asked_for
def predict(live):
    kind = np.float_ if hasattr(np, "float_") else np.float64
    return framed(live["feature_a"].astype(kind) / 4, live)


# %% np_by_version
def predict(live):
    integrate = np.trapezoid if int(np.__version__.split(".")[0]) >= 2 else np.trapz
    return framed(live["feature_a"] / 4 * integrate([1.0, 1.0]), live)


# %% numpy_core
from numpy.core.numeric import array_equal


def predict(live):
    return framed(live["feature_a"] / (4 if array_equal([1], [1]) else 8), live)


# %% numpy_linalg_module
import numpy.linalg.linalg as inner


def predict(live):
    return framed(live["feature_a"] / 4 * inner.norm([1.0]), live)


# %% copy_keyword
def predict(live):
    return framed(np.array(live["feature_a"].tolist(), copy=False) / 4, live)


# %% promotion
def predict(live):
    small = live["feature_a"].to_numpy().astype("float32")
    return framed(np.float64(0.1) + small / np.float32(8) + (np.int8(100) + 100) / 1000, live)


# %% np_scalar_text
def predict(live):
    text = repr(live["feature_a"].to_numpy(dtype=float)[0] + 0.5)
    return framed(live["feature_a"] / 4 * (1 if text.startswith("np.") else 0.5), live)


# %% frame_append
def predict(live):
    both = live.iloc[:25].append(live.iloc[25:])
    return framed(both["feature_a"] / 4, live)


# %% series_append
def predict(live):
    values = live["feature_a"].iloc[:25].append(live["feature_a"].iloc[25:])
    return framed(values / 4, live)


# %% list_append
def predict(live):
    values = []
    for value in live["feature_a"]:
        values.append(value / 4)
    return framed(values, live)


# %% iteritems
def predict(live):
    total = 0
    for _, column in live[FEATURES].iteritems():
        total = total + column
    return framed(total / 20, live)


# %% applymap
def predict(live):
    return framed(live[FEATURES].applymap(lambda value: value / 4).mean(axis=1), live)


# %% frame_map
def predict(live):
    return framed(live[FEATURES].map(lambda value: value / 4).mean(axis=1), live)


# %% fillna_method
def predict(live):
    return framed(live["feature_a"].astype(float).replace(3.0, np.nan).fillna(method="ffill").fillna(0) / 4, live)


# %% fillna_value
def predict(live):
    return framed(live["feature_a"].astype(float).replace(3.0, np.nan).fillna(value=0) / 4, live)


# %% groupby_axis
def predict(live):
    means = live[FEATURES].groupby(lambda name: name[:7], axis=1).mean()
    return framed(means.iloc[:, 0] / 4, live)


# %% drop_axis
def predict(live):
    return framed(live.drop("feature_a", 1).mean(axis=1) / 4, live)


# %% concat_axis
def predict(live):
    return framed(pd.concat([live["feature_a"], live["feature_b"]], 1).mean(axis=1) / 4, live)


# %% int64_index
def predict(live):
    from pandas import Int64Index

    return framed(live["feature_a"] / len(Int64Index([1, 2, 3, 4])), live)


# %% swapaxes
def predict(live):
    return framed(live[FEATURES].swapaxes(0, 1).mean() / 4, live)


# %% chained_assignment
def predict(live):
    frame = live.copy()
    frame["feature_a"][frame["feature_a"] > 2] = 0
    return framed(frame["feature_a"] / 4, live)


# %% inplace_on_column
def predict(live):
    frame = live.astype(float)
    frame["feature_a"].replace(4.0, 0.0, inplace=True)
    return framed(frame["feature_a"] / 4, live)


# %% write_to_values
def predict(live):
    frame = live[["feature_a"]].astype(float)
    frame.values[:, 0] = 2.0
    return framed(frame["feature_a"] / 4, live)


# %% write_to_column_array
def predict(live):
    values = live["feature_a"].values
    values[:5] = 1
    return framed(values / 4, live)


# %% object_dtype
def predict(live):
    named = live.assign(era="0001")
    texts = [name for name in named if named[name].dtype == object]
    return framed(live["feature_a"] / (4 if texts else 8), live)


# %% select_object
def predict(live):
    named = live.assign(era="0001")
    return framed(live["feature_a"] / (4 if named.select_dtypes("object").shape[1] else 8), live)


# %% groupby_apply
def predict(live):
    named = live.assign(era=["1", "2"] * 25)
    counts = named.groupby("era").apply(lambda group: group.shape[1] / 10)
    return framed(live["feature_a"] / 5 + counts.iloc[0] / 5, live)


# %% groupby_rank
def predict(live):
    named = live.assign(era=["1", "2"] * 25)
    return framed(named.groupby("era", group_keys=False)["feature_a"].rank(pct=True), live)


# %% groupby_transform
def predict(live):
    named = live.assign(era=["1", "2"] * 25)
    centred = named.groupby("era")[FEATURES].transform(lambda column: column - column.mean())
    return framed(centred["feature_a"] / 8 + 0.5, live)


# %% frame_rank
def predict(live):
    return live[["feature_a"]].rank(pct=True, method="first").rename(columns={"feature_a": "prediction"})


# %% mean_of_text
def predict(live):
    means = live.assign(era="1").mean(numeric_only=True)
    return framed(live["feature_a"] / 8 + means.mean() / 8, live)


# %% date_units
def predict(live):
    days = pd.to_datetime(pd.Series(["2024-01-01", "2024-01-03"]))
    step = (days.astype("int64").diff().iloc[1] / 86_400_000_000_000) / 4
    return framed(live["feature_a"] / 4 * min(step, 1), live)


# %% month_end
def predict(live):
    months = pd.date_range("2024-01-31", periods=3, freq="M")
    return framed(live["feature_a"] / 4 * (months.day[0] / 31), live)


# %% month_end_new
def predict(live):
    months = pd.date_range("2024-01-31", periods=3, freq="ME")
    return framed(live["feature_a"] / 4 * (months.day[0] / 31), live)


# %% query_and_eval
def predict(live):
    return framed(live.eval("(feature_a + feature_b) / 8"), live)


# %% annotated
def predict(live: pd.DataFrame) -> pd.DataFrame:
    return framed(live["feature_a"] / 4, live)


# %% annotated_series
def score(column: pd.Series, index: pd.Index) -> np.ndarray:
    return column.to_numpy() / 4


def predict(live):
    return framed(score(live["feature_a"], live.index), live)


# %% squared_error
def predict(live):
    from sklearn.metrics import mean_squared_error

    error = mean_squared_error([0.0, 1.0], [1.0, 0.0], squared=False)
    return framed(live["feature_a"] / 4 * error, live)


# %% root_squared_error
def predict(live):
    from sklearn.metrics import root_mean_squared_error

    return framed(live["feature_a"] / 4 * root_mean_squared_error([0.0, 1.0], [1.0, 0.0]), live)


# %% one_hot_sparse
def predict(live):
    from sklearn.preprocessing import OneHotEncoder

    shown = OneHotEncoder(sparse=False).fit_transform(live[["feature_a"]])
    return framed(shown[:, 0], live)


# %% one_hot_sparse_output
def predict(live):
    from sklearn.preprocessing import OneHotEncoder

    shown = OneHotEncoder(sparse_output=False).fit_transform(live[["feature_a"]])
    return framed(shown[:, 0], live)


# %% base_estimator
def predict(live):
    from sklearn.ensemble import BaggingRegressor
    from sklearn.linear_model import Ridge

    model = BaggingRegressor(base_estimator=Ridge(), n_estimators=2, random_state=0)
    fitted = model.fit(live[FEATURES[1:]], live["feature_a"] / 4)
    return framed(fitted.predict(live[FEATURES[1:]]), live)


# %% inner_sklearn_module
from sklearn.utils import check_array
from sklearn.utils._testing import ignore_warnings
from sklearn.utils.fixes import parse_version


@ignore_warnings
def predict(live):
    share = 4 if parse_version("1.0") > parse_version("0.9") else 8
    return framed(check_array(live[FEATURES])[:, 0] / share, live)


# %% trains_in_predict
def predict(live):
    import lightgbm as lgb

    data = lgb.Dataset(live[FEATURES[1:]], live["feature_a"] / 4)
    options = {"verbose": -1, "num_threads": 1, "deterministic": True, "min_data_in_leaf": 5}
    return framed(lgb.train(options, data, num_boost_round=3).predict(live[FEATURES[1:]]), live)


# %% lightgbm_verbose
def predict(live):
    import lightgbm as lgb

    model = lgb.LGBMRegressor(n_estimators=3, n_jobs=1, min_child_samples=5)
    model.fit(live[FEATURES[1:]], live["feature_a"] / 4, verbose=False)
    return framed(model.predict(live[FEATURES[1:]]), live)


# %% xgboost_early_stopping
def predict(live):
    import xgboost as xgb

    model = xgb.XGBRegressor(n_estimators=3, n_jobs=1)
    model.fit(live[FEATURES[1:]], live["feature_a"] / 4, verbose=False)
    return framed(model.predict(live[FEATURES[1:]]), live)


# %% scipy_median
def predict(live):
    from scipy.stats import median_abs_deviation

    return framed(live["feature_a"] / 8 + median_abs_deviation(live["feature_b"]) / 8, live)


# %% scipy_moved
def predict(live):
    from scipy.integrate import simps

    return framed(live["feature_a"] / 4 * simps([1.0, 1.0], dx=1.0), live)


# %% scipy_mode
def predict(live):
    from scipy.stats import mode

    return framed(live["feature_a"] / 8 + float(np.ravel(mode(live["feature_b"].to_numpy())[0])[0]) / 8, live)


# %% scipy_namespace
def predict(live):
    from scipy.ndimage.filters import gaussian_filter1d

    return framed(gaussian_filter1d(live["feature_a"].to_numpy(dtype=float), 1) / 4, live)


# %% distutils
def predict(live):
    from distutils.version import LooseVersion

    return framed(live["feature_a"] / (4 if LooseVersion("1.2") < LooseVersion("1.10") else 8), live)


# %% imp_module
def predict(live):
    import imp

    return framed(live["feature_a"] / (4 if imp.find_module("json") else 8), live)


# %% guarded_import
try:
    from tomllib import loads
except ImportError:
    loads = None


def predict(live):
    try:
        import no_such_module
    except ImportError:
        no_such_module = None
    return framed(live["feature_a"] / (4 if no_such_module is None else 8), live)


# %% only_if_there
import importlib.util


def predict(live):
    if importlib.util.find_spec("no_such_module"):
        import no_such_module

        return no_such_module.predict(live)
    return framed(live["feature_a"] / 4, live)


# %% library_versions
import sklearn

TRAINED_WITH = {"pandas": pd.__version__, "sklearn": sklearn.__version__}


def predict(live):
    same = TRAINED_WITH["pandas"] == pd.__version__
    return framed(live["feature_a"] / (4 if same else 4.0), live)
