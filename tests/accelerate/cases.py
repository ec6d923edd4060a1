"""What models do with LightGBM: each line is done with and without the kernel, and must come out the same."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
from scipy.sparse import csc_matrix, csr_matrix  # type: ignore[import-untyped]

from accelerate.doing import (
    F,
    Made,
    X,
    again_and_again,
    at_once,
    in_a_fork,
    mixed,
    of_generated,
    pickled_again,
    piece_of_a_file,
    read_into,
    read_only,
    then,
    trained_on,
    unaligned,
    with_another_name,
)
from accelerate.models import MODELS, NAMES, ODD_NAMES, categorical, frame, whole, y
from accelerate.recipes import MORE

Case = Callable[[Made], Any]
GENERATED = 40 * MORE

# The kernel predicts in these.
SERVED: dict[str, Case] = {
    # the first ones: LightGBM 3 hangs in a fork once it has had threads of its own
    "a fork": lambda made: [in_a_fork(booster := made["booster"]), booster.predict(X)],
    "a fork after predicting": lambda made: [(booster := made["booster"]).predict(X), in_a_fork(booster)],
    # models of every kind
    "regressor": lambda made: made["regressor"].predict(F),
    "of one tree": lambda made: made["one tree"].predict(F),
    "large": lambda made: made["large"].predict(F),
    "of odd names": lambda made: made["odd names"].predict(F.set_axis(ODD_NAMES, axis=1)),
    "large, of odd names": lambda made: made["large, of odd names"].predict(F.set_axis(ODD_NAMES, axis=1)),
    "constant": lambda made: made["constant"].predict(F),
    "of arrays": lambda made: made["of arrays"].predict(X),
    "of whole numbers": lambda made: made["whole"].predict(whole(2)),
    "classifier": lambda made: made["classifier"].predict(F),
    "classifier's probabilities": lambda made: made["classifier"].predict_proba(F),
    "classifier of words": lambda made: made["words"].predict(F),
    "classifier of words' probabilities": lambda made: made["words"].predict_proba(F),
    "ranker": lambda made: made["ranker"].predict(F),
    "poisson": lambda made: made["poisson"].predict(F),
    "objective of one's own": lambda made: made["custom"].predict(F),
    "dart": lambda made: made["dart"].predict(F),
    "random forest": lambda made: made["forest"].predict(F),
    "random forest's raw scores": lambda made: made["forest"].predict(F, raw_score=True),
    "stopped early": lambda made: [made["stopped"].best_iteration_, made["stopped"].predict(F)],
    "classifier stopped early": lambda made: made["stopped classifier"].predict_proba(F),
    "categories": lambda made: made["categories"].predict(categorical(2)),
    "other categories": lambda made: made["categories"].predict(categorical(2, strange=True)),
    "booster": lambda made: made["booster"].predict(X),
    "booster of a frame": lambda made: made["booster of a frame"].predict(F),
    "booster of categories": lambda made: made["booster of categories"].predict(categorical(2, strange=True)),
    "booster of three classes": lambda made: made["booster of three"].predict(X),
    "boosters in a list": lambda made: [booster.predict(X) for booster in made["a list of boosters"]],
    "pipeline": lambda made: made["pipeline"].predict(F),
    "voting": lambda made: made["voting"].predict(F),
    "stacking": lambda made: made["stacking"].predict(F),
    "bagging": lambda made: made["bagging"].predict(F),
    "several targets": lambda made: made["several targets"].predict(F),
    "transformed target": lambda made: made["transformed target"].predict(F),
    "calibrated": lambda made: made["calibrated"].predict_proba(F),
    "closure": lambda made: made["closure"](F.assign(era="X")),
    # boosters from texts and files
    "from a text": lambda made: lightgbm.Booster(model_str=made.text("booster")).predict(X),
    "from a file": lambda made: lightgbm.Booster(model_file=str(made.path("booster"))).predict(X),
    "from a path": lambda made: lightgbm.Booster(model_file=made.path("booster of three")).predict(X),
    "from a text of categories": lambda made: lightgbm.Booster(model_str=made.text("booster of categories")).predict(
        categorical(2)
    ),
    "becomes another one": lambda made: made["booster of three"].model_from_string(made.text("booster")).predict(X),
    "come and go": lambda made: again_and_again(made.text("booster")),
    **{f"generated {seed}": lambda _, seed=seed: of_generated(seed) for seed in range(GENERATED)},  # type: ignore[misc]
    # arrays and frames of every kind
    "in Fortran's order": lambda made: made["booster"].predict(np.asfortranarray(X)),
    "floats": lambda made: made["booster"].predict(X.astype("float32")),
    "floats in Fortran's order": lambda made: made["booster"].predict(np.asfortranarray(X, "float32")),
    "halves": lambda made: made["booster"].predict(X.astype("float16")),
    "bytes": lambda made: made["whole"].predict(whole(2).to_numpy()),
    "integers": lambda made: made["whole"].predict(whole(2).to_numpy("int64") * 10**12),
    "booleans": lambda made: made["whole"].predict(whole(2).to_numpy() > 2),
    "other byte order": lambda made: made["booster"].predict(X.astype(">f8")),
    "every second row": lambda made: made["booster"].predict(X[::2]),
    "backwards": lambda made: made["booster"].predict(X[::-1, ::-1]),
    "every second column": lambda made: made["booster"].predict(np.repeat(X, 2, axis=1)[:, ::2]),
    "some columns": lambda made: made["booster"].predict(np.asfortranarray(np.repeat(X, 2, axis=1))[:, 3:9]),
    "at an odd address": lambda made: made["booster"].predict(unaligned(X)),
    "read only": lambda made: made["booster"].predict(read_only(X)),
    "one row": lambda made: made["booster"].predict(X[:1]),
    "infinities": lambda made: made["booster"].predict(np.where(np.isnan(X), np.inf, -1e300 * X)),
    "lists": lambda made: made["booster"].predict(X.tolist()),
    "mixed columns": lambda made: made["whole"].predict(mixed()),
    "numbers that may be missing": lambda made: made["whole"].predict(whole(2).astype("Float64").mask(whole(3) > 3)),
    "floats in a frame": lambda made: made["regressor"].predict(F.astype("float32")),
    "wider than it needs": lambda made: made["regressor"].predict(F.assign(g=1)[NAMES]),
    "checked names": lambda made: made["booster of a frame"].predict(F, validate_features=True),
    # what else is asked of a prediction
    "raw scores": lambda made: made["classifier"].predict(F, raw_score=True),
    "three classes' raw scores": lambda made: made["booster of three"].predict(X, raw_score=True),
    "first iterations": lambda made: made["booster of three"].predict(X, num_iteration=3),
    "no iterations": lambda made: made["booster"].predict(X, num_iteration=0),
    "last iterations": lambda made: made["booster of three"].predict(X, start_iteration=4, num_iteration=100),
    "beyond the last iteration": lambda made: made["booster"].predict(X, start_iteration=1000),
    "all, although stopped": lambda made: made["stopped"].predict(F, num_iteration=-1),
    "with threads": lambda made: made["booster"].predict(X, num_threads=2),
    "with a parameter of training": lambda made: made["booster"].predict(X, learning_rate=0.5),
    "no check of the shape": lambda made: made["booster"].predict(X, predict_disable_shape_check=True),
    "no early stop": lambda made: made["classifier"].predict_proba(F, pred_early_stop=False),
    # copies, threads, processes
    "deep copy": lambda made: copy.deepcopy(made["booster"]).predict(X),
    "after a copy was made": lambda made: [copy.deepcopy(booster := made["booster"]).params, booster.predict(X)],
    "after it was looked at": lambda made: [(booster := made["booster"]).dump_model(), booster.predict(X)],
    "copy": lambda made: copy.copy(made["regressor"]).predict(F),
    "pickled again": lambda made: pickled_again(made["regressor"]).predict(F),
    "threads": lambda made: at_once(made["booster"]),
    "threads on estimators": lambda made: at_once(made["of arrays"]),
    # what changes a booster, or looks at it, between predictions
    "a new leaf value": lambda made: then(made["booster"], lambda it: it.set_leaf_output(0, 1, 77.5)),
    "shuffled": lambda made: then(made["booster"], lambda it: it.shuffle_models()),
    "a new text": lambda made: then(made["booster"], lambda it: read_into(it, made.text("booster of a frame"))),
    "refitted": lambda made: then(made["booster"], lambda it: it.refit(X, y("share")).predict(X)),
    "trained on": lambda made: then(made["booster of a frame"], lambda it: trained_on(it).predict(X)),
    "fitted again": lambda made: then(made["of arrays"], lambda it: it.fit(X, y("share")).n_features_),
    "fitted on": lambda made: made["regressor"].fit(F, y(), init_model=made["booster of a frame"]).predict(F),
    "looked at": lambda made: then(
        made["booster"],
        lambda it: it.feature_importance("gain"),
        lambda it: it.dump_model(),
        lambda it: it.predict(X, pred_leaf=True),
        lambda it: it.num_trees(),
    ),
    "freed": lambda made: [(booster := made["booster"]).predict(X), booster.free_dataset().predict(X)],
    **({"of Dask's": lambda made: made["dask"].to_local().predict(F)} if "dask" in MODELS else {}),
}

# LightGBM itself does these.
OWN: dict[str, Case] = {
    "leaves": lambda made: made["booster"].predict(X, pred_leaf=True),
    "leaves of three classes": lambda made: made["booster of three"].predict(X, pred_leaf=True, num_iteration=2),
    "contributions": lambda made: made["booster"].predict(X, pred_contrib=True),
    "early stop": lambda made: made["classifier"].predict_proba(F, pred_early_stop=True, pred_early_stop_margin=0.1),
    "linear trees": lambda made: made["linear"].predict(F.fillna(0)),
    "sparse rows": lambda made: made["booster"].predict(csr_matrix(np.nan_to_num(X))),
    "sparse columns": lambda made: made["booster"].predict(csc_matrix(np.nan_to_num(X))),
    "sparse contributions": lambda made: made["booster"].predict(csr_matrix(X), pred_contrib=True).toarray(),
    "no check of a wrong shape": lambda made: made["booster"].predict(X[:, :5], predict_disable_shape_check=True),
    "one column too many": lambda made: made["booster"].predict(np.c_[X, X], predict_disable_shape_check=True),
    # what there is to be known
    "text": lambda made: made["booster"].model_to_string(),
    "text of some iterations": lambda made: made["booster"].model_to_string(num_iteration=2, start_iteration=1),
    "text of categories": lambda made: made["booster of categories"].model_to_string(),
    "saved": lambda made: made["booster"].save_model(made.folder / "saved") and (made.folder / "saved").read_text(),
    "state": lambda made: made["booster"].__getstate__()["handle" if "handle" in vars(made["booster"]) else "_handle"],
    "dump": lambda made: made["booster of categories"].dump_model(),
    "frame of trees": lambda made: made["booster of three"].trees_to_dataframe(),
    "parameters": lambda made: made["booster"].params,
    "parameters of a text": lambda made: lightgbm.Booster(model_str=made.text("booster")).params,
    "parameters of an estimator": lambda made: made["stopped"].get_params(),
    "odd names, told": lambda made: [made["odd names"].feature_name_, made["odd names"].booster_.model_to_string()],
    "large, as a text": lambda made: [
        made[name].booster_.model_to_string() for name in ("large", "large, of odd names")
    ],
    "names": lambda made: [made[name].feature_name() for name in ("booster", "booster of a frame")],
    "numbers": lambda made: [
        [it.num_trees(), it.num_feature(), it.num_model_per_iteration(), it.current_iteration(), it.best_iteration]
        for it in (made["booster"], made["booster of three"], made["stopped"].booster_)
    ],
    "importance": lambda made: [made["booster"].feature_importance(kind) for kind in ("split", "gain")],
    "importance of some iterations": lambda made: made["booster"].feature_importance(iteration=2),
    "bounds": lambda made: [made["booster"].lower_bound(), made["booster"].upper_bound()],
    "a leaf": lambda made: made["booster"].get_leaf_output(2, 1),
    "histogram": lambda made: made["booster of a frame"].get_split_value_histogram("a"),
    "attributes of a regressor": lambda made: [
        [it.n_features_, it.n_features_in_, it.feature_name_, it.best_iteration_, it.best_score_, it.objective_]
        for it in (made["regressor"], made["stopped"])
    ],
    "importances of a regressor": lambda made: made["regressor"].feature_importances_,
    "classes": lambda made: [made["words"].classes_, made["words"].n_classes_],
    "no rows": lambda made: made["booster"].predict(X[:0]),
}

# LightGBM's Python package, or its library, says what is wrong.
REFUSED: dict[str, Case] = {
    "a column too few": lambda made: made["booster"].predict(X[:, :5]),
    "a column too many": lambda made: made["regressor"].predict(np.c_[X, X]),
    "a name is missing": lambda made: made["closure"](F.drop(columns="a")),
    "a column is missing": lambda made: made["regressor"].predict(F.drop(columns="a")),
    "other names": lambda made: made["booster of a frame"].predict(F.rename(columns=str.upper), validate_features=True),
    "words": lambda made: made["regressor"].predict(F.assign(a="red")),
    "other columns of categories": lambda made: made["categories"].predict(frame(2)),
    "one dimension": lambda made: made["booster"].predict(X[0]),
    "three dimensions": lambda made: made["booster"].predict(X[None]),
    "an unknown file": lambda made: lightgbm.Booster(model_file=made.folder / "nothing"),
    "no model": lambda _: lightgbm.Booster(model_str="no model"),
    "a piece of a text": lambda made: lightgbm.Booster(model_str=made.text("booster")[:60]).predict(X),
    "a piece of a file": lambda made: piece_of_a_file(made).predict(X),
    "a name too many": lambda made: with_another_name(made.text("booster")).predict(X),
    "a parameter of a wrong type": lambda made: made["booster"].predict(X, num_threads="many"),
    "a booster that is not fitted": lambda _: lightgbm.LGBMRegressor().predict(X),
    "no model for a booster that has one": lambda made: read_into(made["booster"], "no model"),
}
