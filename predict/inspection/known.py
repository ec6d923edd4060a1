"""Libraries that are known by the names of their modules, whether an image has them or not."""

from __future__ import annotations

from .environments import images

# Modules of the first level that models were seen to import; what is neither here nor in an image is called its
# author's own file, which it mostly is.
POPULAR = {
    *("PIL", "accelerate", "aeon", "arch", "autogluon", "bayes_opt", "boruta", "cupy", "cv2", "darts", "dask"),
    *("datasets", "duckdb", "einops", "eli5", "fastai", "featuretools", "flaml", "gpytorch", "h5py", "hdbscan"),
    *("hyperopt", "imblearn", "interpret", "jax", "joblib", "keras", "lightning", "lime", "matplotlib", "mlxtend"),
    *("modin", "networkx", "ngboost", "numerapi", "numerblox", "nltk", "onnx", "onnxruntime", "optuna", "patsy"),
    *("plotly", "prophet", "psutil", "pycaret", "pydantic", "pymc", "pytorch_lightning", "pytorch_tabnet", "ray"),
    *("river", "seaborn", "sentence_transformers", "shap", "skopt", "sktime", "spacy", "sympy", "ta", "tabpfn"),
    *("talib", "tensorflow", "tensorflow_addons", "tf_keras", "torch", "torchmetrics", "torchvision", "tqdm"),
    *("transformers", "treelite", "tsfresh", "umap", "wandb", "yaml", "ydf", "yfinance", "statsmodels", "numba"),
    *("requests", "polars", "pyarrow", "catboost", "lightgbm", "xgboost", "sklearn", "scipy", "numpy", "pandas"),
}


# What took the place of what NumPy 2.0 and later ones dropped (its migration guide).
RENAMED = {
    f"numpy.{old}": new
    for old, new in {
        "float_": "np.float64",
        "complex_": "np.complex128",
        "unicode_": "np.str_",
        "string_": "np.bytes_",
        "float": "float",
        "int": "int",
        "bool": "bool",
        "object": "object",
        "str": "str",
        "complex": "complex",
        "Inf": "np.inf",
        "infty": "np.inf",
        "PINF": "np.inf",
        "NINF": "-np.inf",
        "NaN": "np.nan",
        "product": "np.prod",
        "cumproduct": "np.cumprod",
        "alltrue": "np.all",
        "sometrue": "np.any",
        "in1d": "np.isin",
        "trapz": "np.trapezoid",
        "row_stack": "np.vstack",
        "round_": "np.round",
        "asfarray": "np.asarray(..., dtype=float)",
        "msort": "np.sort(..., axis=0)",
        "find_common_type": "np.result_type",
    }.items()
}


def is_library(module: str) -> bool:
    """Whether a module of the first level is some library's, and not its author's own."""
    return module in POPULAR or any(image.distribution(module) or module in image.modules for image in images())
