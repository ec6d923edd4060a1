"""The runner for uploaded machine-learning models: predictions, or a true verdict."""

__version__ = "0.1.0"
