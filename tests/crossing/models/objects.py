"""Objects that models hold. A cell's `model` is pickled by itself too: without code, it may go to any Python."""

import numpy as np
import pandas as pd

FEATURES = [f"feature_{letter}" for letter in "abcde"]
ROWS = np.arange(200)
X = pd.DataFrame({name: (ROWS * step + ROWS // 7) % 5 for name, step in zip(FEATURES, (3, 7, 11, 13, 17))})
X = X.astype("int8")
Y = (X["feature_a"] * 0.1 + X["feature_b"] * X["feature_c"] * 0.02 + (ROWS * 29 % 11) / 50).clip(0, 1)


def framed(values, live):
    return pd.DataFrame({"prediction": np.asarray(values, dtype=float)}, index=live.index)


def around(model):
    def predict(live):
        return framed(model.predict(live[FEATURES]), live)

    return predict


# %% array
WEIGHTS = np.linspace(0.01, 0.09, 5)


def predict(live):
    return framed(live[FEATURES].to_numpy() @ WEIGHTS, live)


# %% fortran_array
WEIGHTS = np.asfortranarray(np.arange(20.0).reshape(5, 4) / 400)


def predict(live):
    return framed((live[FEATURES].to_numpy() @ WEIGHTS).sum(axis=1), live)


# %% odd_arrays
TABLE = {
    "small": np.arange(5, dtype="int8"),
    "text": np.array(FEATURES),
    "objects": np.array(["feature_a", 1, None], dtype=object),
    "dates": np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[D]"),
    "fields": np.array([(1, 0.25)], dtype=[("n", "i4"), ("x", "f8")]),
    "scalar": np.float32(0.5),
    "masked": np.ma.array([1.0, 2.0], mask=[False, True]),
}


def predict(live):
    share = float(TABLE["fields"]["x"][0]) * float(TABLE["scalar"]) * TABLE["masked"].sum()
    return framed(live[TABLE["objects"][0]] * share, live)


# %% random_state
GENERATOR = np.random.RandomState(3)


def predict(live):
    return framed(GENERATOR.uniform(size=len(live)), live)


# %% random_generator
GENERATOR = np.random.default_rng(3)


def predict(live):
    return framed(GENERATOR.random(len(live)), live)


# %% numpy_scalars_and_functions
CHOSEN = {"mean": np.mean, "dtype": np.dtype("float32"), "kind": np.float64, "clip": np.clip, "add": np.add}


def predict(live):
    values = CHOSEN["clip"](live[FEATURES].to_numpy(CHOSEN["dtype"]), 0, 4)
    return framed(CHOSEN["add"](CHOSEN["kind"](CHOSEN["mean"](values)) / 10, values[:, 0] / 8), live)


# %% polynomial
CURVE = np.polynomial.Polynomial([0.1, 0.05, 0.02])
OLD_CURVE = np.poly1d([0.01, 0.1])


def predict(live):
    return framed((CURVE(live["feature_a"]) + OLD_CURVE(live["feature_b"])) / 2, live)


# %% frame
WEIGHTS = pd.DataFrame({"share": [0.05, 0.04, 0.03, 0.02, 0.01]}, index=FEATURES)


def predict(live):
    return framed(live[WEIGHTS.index].to_numpy() @ WEIGHTS["share"].to_numpy(), live)


# %% frame_of_everything
TABLE = pd.DataFrame(
    {
        "text": FEATURES,
        "number": range(5),
        "share": np.linspace(0.01, 0.05, 5),
        "flag": [True, False, True, False, True],
        "when": pd.date_range("2024-01-01", periods=5),
    }
)


def predict(live):
    chosen = TABLE[TABLE["when"].dt.day > 1]
    return framed(live[list(chosen["text"])].to_numpy() @ chosen["share"].to_numpy(), live)


# %% series
MEANS = pd.Series([0.05, 0.04, 0.03], index=FEATURES[:3], name="mean")


def predict(live):
    return framed((live[FEATURES[:3]] * MEANS).sum(axis=1), live)


# %% numeric_series
MEANS = pd.Series([0.05, 0.1, 0.15, 0.2, 0.25], index=[0, 1, 2, 3, 4])


def predict(live):
    return framed(live["feature_a"].map(MEANS), live)


# %% text_series
NAMES = pd.Series(FEATURES)


def predict(live):
    return framed(live[NAMES.tolist()].mean(axis=1) / 4, live)


# %% index
COLUMNS = pd.Index(FEATURES[:2])


def predict(live):
    return framed(live[COLUMNS].mean(axis=1) / 4, live)


# %% multi_index
TABLE = pd.Series(
    [0.1, 0.2, 0.3, 0.4], index=pd.MultiIndex.from_product([["feature_a", "feature_b"], [0, 1]], names=["name", "low"])
)


def predict(live):
    return framed(live["feature_a"].gt(1).map({True: TABLE["feature_a", 0], False: TABLE["feature_b", 1]}), live)


# %% categorical
KINDS = pd.Categorical(["low", "low", "mid", "high", "high"], categories=["low", "mid", "high"], ordered=True)


def predict(live):
    return framed([KINDS.codes[int(value)] / 2 for value in live["feature_a"]], live)


# %% categorical_series
KINDS = pd.Series(["low", "low", "mid", "high", "high"], dtype="category")


def predict(live):
    return framed([KINDS.cat.codes[int(value)] / 2 for value in live["feature_a"]], live)


# %% timestamps
START = pd.Timestamp("2024-01-02 12:00", tz="UTC")
SPAN = pd.Timedelta(days=2)
DAYS = pd.Series(pd.date_range("2024-01-01", periods=3))


def predict(live):
    return framed(live["feature_a"] / 4 * (START + SPAN).day / (4 * DAYS.dt.day.iloc[0]), live)


# %% interval_and_period
BINS = pd.interval_range(0, 5, periods=5, closed="left")
MONTH = pd.Period("2024-04", "M")


def predict(live):
    return framed([BINS.get_loc(value) / MONTH.month for value in live["feature_a"]], live)


# %% nullable_arrays
TABLE = pd.DataFrame({"whole": pd.array([1, 2, None], dtype="Int64"), "flag": pd.array([True, None, False], "boolean")})


def predict(live):
    return framed(live["feature_a"] / (4 + TABLE["whole"].isna().sum() + TABLE["flag"].sum()), live)


# %% string_array
NAMES = pd.Series(["feature_a", "feature_b"], dtype="string")


def predict(live):
    return framed(live[list(NAMES)].mean(axis=1) / 4, live)


# %% grouped_statistics
STATISTICS = X.assign(y=Y).groupby("feature_a")["y"].agg(["mean", "std"])


def predict(live):
    return framed(live["feature_a"].map(STATISTICS["mean"]), live)


# %% sparse_matrix
from scipy import sparse

WEIGHTS = sparse.csr_matrix(np.diag([0.05, 0.0, 0.1, 0.0, 0.02]))


def predict(live):
    return framed((live[FEATURES].to_numpy(dtype=float) @ WEIGHTS).sum(axis=1), live)


# %% scipy_distribution
from scipy import stats

NORMAL = stats.norm(2, 1.5)


def predict(live):
    return framed(NORMAL.cdf(live["feature_a"]), live)


# %% interpolation
from scipy.interpolate import interp1d

CURVE = interp1d([0, 2, 4], [0.1, 0.7, 0.9])


def predict(live):
    return framed(CURVE(live["feature_a"]), live)


# %% lightgbm_booster
import lightgbm as lgb

OPTIONS = {"verbose": -1, "num_leaves": 7, "num_threads": 1, "seed": 1, "deterministic": True}
model = lgb.train(OPTIONS, lgb.Dataset(X, Y), num_boost_round=5)


def predict(live):
    return framed(model.predict(live[FEATURES]), live)


# %% lightgbm_regressor
import lightgbm as lgb

model = lgb.LGBMRegressor(n_estimators=5, num_leaves=7, n_jobs=1).fit(X, Y)
predict = around(model)


# %% lightgbm_by_text
import lightgbm as lgb

OPTIONS = {"verbose": -1, "num_leaves": 7, "num_threads": 1}
TEXT = lgb.train(OPTIONS, lgb.Dataset(X, Y), num_boost_round=5).model_to_string()


def predict(live):
    return framed(lgb.Booster(model_str=TEXT).predict(live[FEATURES]), live)


# %% xgboost_regressor
import xgboost as xgb

model = xgb.XGBRegressor(n_estimators=5, max_depth=3, n_jobs=1).fit(X, Y)
predict = around(model)


# %% xgboost_regressor_with_base_score
import xgboost as xgb

model = xgb.XGBRegressor(n_estimators=5, max_depth=3, n_jobs=1, base_score=0.5).fit(X, Y)
predict = around(model)


# %% xgboost_booster
import xgboost as xgb

BOOSTER = xgb.train({"max_depth": 3, "nthread": 1}, xgb.DMatrix(X, Y), num_boost_round=5)


def predict(live):
    return framed(BOOSTER.predict(xgb.DMatrix(live[FEATURES])), live)


# %% xgboost_classifier
import xgboost as xgb

CLASSIFIER = xgb.XGBClassifier(n_estimators=5, max_depth=3, n_jobs=1).fit(X, (Y > 0.3).astype(int))


def predict(live):
    return framed(CLASSIFIER.predict_proba(live[FEATURES])[:, 1], live)


# %% xgboost_by_bytes
import xgboost as xgb

RAW = xgb.train({"max_depth": 3, "nthread": 1}, xgb.DMatrix(X, Y), num_boost_round=5).save_raw("json")


def predict(live):
    booster = xgb.Booster()
    booster.load_model(bytearray(RAW))
    return framed(booster.predict(xgb.DMatrix(live[FEATURES])), live)


# %% ridge_pipeline
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

model = make_pipeline(StandardScaler(), Ridge(alpha=1.0)).fit(X, Y)
predict = around(model)


# %% linear_models
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import BayesianRidge, ElasticNet, HuberRegressor, Lasso

model = VotingRegressor(
    [("net", ElasticNet(0.01)), ("lasso", Lasso(0.01)), ("huber", HuberRegressor()), ("bayes", BayesianRidge())]
).fit(X, Y)
predict = around(model)


# %% logistic_regression
from sklearn.linear_model import LogisticRegression

CLASSIFIER = LogisticRegression().fit(X, Y > 0.3)


def predict(live):
    return framed(CLASSIFIER.predict_proba(live[FEATURES])[:, 1], live)


# %% stochastic_gradient
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

model = make_pipeline(StandardScaler(), SGDRegressor(random_state=0)).fit(X, Y)
CLASSIFIER = SGDClassifier(random_state=0, loss="log_loss").fit(X, Y > 0.3)


def predict(live):
    return framed((model.predict(live[FEATURES]) + CLASSIFIER.predict_proba(live[FEATURES])[:, 1]) / 2, live)


# %% decision_tree
from sklearn.tree import DecisionTreeRegressor

model = DecisionTreeRegressor(max_depth=3, random_state=0).fit(X, Y)
predict = around(model)


# %% random_forest
from sklearn.ensemble import RandomForestRegressor

model = RandomForestRegressor(n_estimators=5, max_depth=3, random_state=0).fit(X, Y)
predict = around(model)


# %% extra_trees
from sklearn.ensemble import ExtraTreesRegressor

model = ExtraTreesRegressor(n_estimators=5, max_depth=3, random_state=0).fit(X, Y)
predict = around(model)


# %% forest_classifier
from sklearn.ensemble import RandomForestClassifier

CLASSIFIER = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=0).fit(X, Y > 0.3)


def predict(live):
    return framed(CLASSIFIER.predict_proba(live[FEATURES])[:, 1], live)


# %% gradient_boosting
from sklearn.ensemble import GradientBoostingRegressor

model = GradientBoostingRegressor(n_estimators=5, max_depth=2, random_state=0).fit(X, Y)
predict = around(model)


# %% histogram_boosting
from sklearn.ensemble import HistGradientBoostingRegressor

model = HistGradientBoostingRegressor(max_iter=5, max_depth=3, random_state=0).fit(X, Y)
predict = around(model)


# %% ada_boost
from sklearn.ensemble import AdaBoostRegressor

model = AdaBoostRegressor(n_estimators=5, random_state=0).fit(X, Y)
predict = around(model)


# %% bagging
from sklearn.ensemble import BaggingRegressor

model = BaggingRegressor(n_estimators=5, random_state=0).fit(X, Y)
predict = around(model)


# %% stacking
from sklearn.ensemble import StackingRegressor
from sklearn.linear_model import LinearRegression, Ridge

model = StackingRegressor([("one", Ridge()), ("other", LinearRegression())], final_estimator=Ridge()).fit(X, Y)
predict = around(model)


# %% nearest_neighbours
from sklearn.neighbors import KNeighborsRegressor

model = KNeighborsRegressor(7, algorithm="brute").fit(X + np.sin(ROWS)[:, None] / 7, Y)  # no two are as near
predict = around(model)


# %% nearest_neighbours_by_tree
from sklearn.neighbors import KNeighborsRegressor

model = KNeighborsRegressor(7, algorithm="kd_tree").fit(X + np.arange(200)[:, None] / 1e4, Y)
predict = around(model)


# %% support_vectors
from sklearn.svm import SVR, LinearSVR

model = SVR(C=0.5).fit(X, Y)
OTHER = LinearSVR(random_state=0).fit(X, Y)


def predict(live):
    return framed((model.predict(live[FEATURES]) + OTHER.predict(live[FEATURES])) / 2, live)


# %% neural_network
from sklearn.neural_network import MLPRegressor

model = MLPRegressor(hidden_layer_sizes=(4,), max_iter=20, random_state=0, tol=1).fit(X, Y)
predict = around(model)


# %% gaussian_process
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel

model = GaussianProcessRegressor(RBF() + WhiteKernel(), optimizer=None).fit(X, Y)
predict = around(model)


# %% naive_bayes
from sklearn.naive_bayes import GaussianNB

CLASSIFIER = GaussianNB().fit(X, Y > 0.3)


def predict(live):
    return framed(CLASSIFIER.predict_proba(live[FEATURES])[:, 1], live)


# %% imputer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

model = make_pipeline(SimpleImputer(), Ridge()).fit(X, Y)
predict = around(model)


# %% neighbour_imputer
from sklearn.impute import KNNImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

model = make_pipeline(KNNImputer(n_neighbors=3), Ridge()).fit(X.astype(float).mask(X == 4), Y)
predict = around(model)


# %% column_transformer
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

model = make_pipeline(
    ColumnTransformer([("scaled", MinMaxScaler(), ["feature_a", "feature_b"])], remainder="passthrough"), Ridge()
).fit(X, Y)
predict = around(model)


# %% one_hot
from sklearn.compose import make_column_transformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

CHOSEN = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["feature_a", "feature_b"]))
model = make_pipeline(CHOSEN, Ridge()).fit(X, Y)
predict = around(model)


# %% many_preprocessors
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import PolynomialFeatures, QuantileTransformer, RobustScaler

model = make_pipeline(
    RobustScaler(),
    make_union(PCA(2, svd_solver="full"), QuantileTransformer(n_quantiles=20)),
    PolynomialFeatures(2),
    SelectKBest(f_regression, k=5),
    Ridge(),
).fit(X, Y)
predict = around(model)


# %% binned
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, SplineTransformer

model = make_pipeline(
    SplineTransformer(n_knots=3), KBinsDiscretizer(3, encode="ordinal", strategy="uniform"), Ridge()
).fit(X, Y)
predict = around(model)


# %% function_transformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

model = make_pipeline(FunctionTransformer(np.sqrt), Ridge()).fit(X, Y)
predict = around(model)


# %% target_transformed
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge

model = TransformedTargetRegressor(Ridge(), func=np.sqrt, inverse_func=np.square).fit(X, Y)
predict = around(model)


# %% grid_search
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold

model = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=KFold(3), scoring="r2").fit(X, Y)
predict = around(model)


# %% calibrated
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression

CLASSIFIER = CalibratedClassifierCV(LogisticRegression(), cv=3).fit(X, Y > 0.3)


def predict(live):
    return framed(CLASSIFIER.predict_proba(live[FEATURES])[:, 1], live)


# %% isotonic
from sklearn.isotonic import IsotonicRegression

CURVE = IsotonicRegression(out_of_bounds="clip").fit(X["feature_a"], Y)


def predict(live):
    return framed(CURVE.predict(live["feature_a"]), live)


# %% clusters
from sklearn.cluster import KMeans

CLUSTERS = KMeans(3, n_init=1, random_state=0).fit(X)


def predict(live):
    return framed(CLUSTERS.transform(live[FEATURES])[:, 0] / 10, live)


# %% multi_output
from sklearn.linear_model import Ridge
from sklearn.multioutput import MultiOutputRegressor

TARGETS = MultiOutputRegressor(Ridge()).fit(X, np.column_stack([Y, 1 - Y]))


def predict(live):
    return framed(TARGETS.predict(live[FEATURES])[:, 0], live)


# %% own_estimator
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import LinearRegression
from sklearn.utils.validation import check_array, check_is_fitted


class Blend(BaseEstimator, RegressorMixin):
    def __init__(self, share=0.5):
        self.share = share

    def fit(self, features, target):
        self.inner_ = LinearRegression().fit(features, target)
        return self

    def predict(self, features):
        check_is_fitted(self)
        check_array(features)
        return self.inner_.predict(features) * self.share


predict = around(Blend().fit(X, Y))


# %% path_beside_model
from pathlib import Path

from sklearn.linear_model import Ridge

model = Ridge().fit(X, Y)
model.saved_to = Path("models") / "ridge.pkl"
predict = around(model)


# %% joblib_dump
import io

import joblib
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

buffer = io.BytesIO()
joblib.dump(make_pipeline(StandardScaler(), Ridge()).fit(X, Y), buffer)
saved = buffer.getvalue()


# %% joblib_compressed
import io

import joblib
from sklearn.ensemble import RandomForestRegressor

buffer = io.BytesIO()
joblib.dump(RandomForestRegressor(n_estimators=3, max_depth=3, random_state=0).fit(X, Y), buffer, compress=3)
saved = buffer.getvalue()


# %% joblib_bytes_within
import io

import joblib
from sklearn.linear_model import Ridge

buffer = io.BytesIO()
joblib.dump(Ridge().fit(X, Y), buffer)
PACKED = buffer.getvalue()


def predict(live):
    return framed(joblib.load(io.BytesIO(PACKED)).predict(live[FEATURES]), live)


# %% pickle_within
import pickle

from sklearn.linear_model import Ridge

PACKED = pickle.dumps(Ridge().fit(X, Y))


def predict(live):
    return framed(pickle.loads(PACKED).predict(live[FEATURES]), live)


# %% pandas_compressed
import gzip

import cloudpickle

WEIGHTS = pd.Series(0.05, index=FEATURES)


def predict(live):
    return framed((live[FEATURES] * WEIGHTS).sum(axis=1), live)


saved = gzip.compress(cloudpickle.dumps(predict))
del predict


# %% old_protocol
import cloudpickle


def predict(live):
    return framed(live["feature_a"] / 4, live)


saved = cloudpickle.dumps(predict, protocol=2)
del predict


# %% ensemble_of_libraries
import lightgbm as lgb
import xgboost as xgb
from sklearn.linear_model import Ridge

MODELS = {
    "lightgbm": lgb.LGBMRegressor(n_estimators=5, num_leaves=7, n_jobs=1).fit(X, Y),
    "xgboost": xgb.XGBRegressor(n_estimators=5, max_depth=3, n_jobs=1).fit(X, Y),
    "ridge": Ridge().fit(X, Y),
}


def predict(live):
    parts = pd.concat([pd.Series(each.predict(live[FEATURES]), live.index) for each in MODELS.values()], axis=1)
    return parts.rank(pct=True).mean(axis=1).to_frame("prediction")
