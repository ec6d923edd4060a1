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


def is_library(module: str) -> bool:
    """Whether a module of the first level is some library's, and not its author's own."""
    return module in POPULAR or any(image.distribution(module) or module in image.modules for image in images())
