"""Writes the corpus that the kernel's reader is fuzzed with: `PYTHONPATH=tests python -m accelerate.corpus`.

Small models, trained by the LightGBM at hand and generated; once for each LightGBM whose texts differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm

from accelerate import trained
from accelerate.model_text import model
from accelerate.recipes import Recipe

CORPUS = Path(__file__).with_name("corpus")
SMALL: dict[str, Any] = {"num_leaves": 5, "rounds": 3}
TRAINED: dict[str, Callable[[], lightgbm.Booster]] = {
    "regression": lambda: trained.trained("regression", **SMALL),
    "binary with categories": lambda: trained.trained("binary", missing="categories", **SMALL),
    "multiclass": lambda: trained.trained("multiclass", "goss", num_leaves=3, rounds=2),
    "random forest": lambda: trained.trained("poisson", "rf", missing="zero", **SMALL),
    "constraints": lambda: trained.trained("huber", "dart", monotone_constraints=[1, 0, 0, 0, 0, 0], **SMALL),
    "linear": lambda: trained.trained("regression", linear_tree=True, num_leaves=3, rounds=2),
}
GENERATED = {
    "edges": Recipe(leaves=9, iterations=3, thresholds="edges", values="edges", features=3),
    "sets": Recipe(leaves=9, iterations=3, categories=1, features=3, mixed=True, version="v3"),
    "classes": Recipe(leaves=3, iterations=2, classes=2, objective="multiclassova num_class:2 sigmoid:0.7", features=2),
    "constant": Recipe(leaves=1, iterations=2, features=1, average=True, objective=""),
}


def shorter(text: str) -> str:
    """Without the parameters of training: damage to them matters to nobody."""
    return re.sub(r"(?s)parameters:\n.*?\n\n", "parameters:\n[boosting: gbdt]\n\n", text)


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    texts = {f"{lightgbm.__version__} {name}": train().model_to_string() for name, train in TRAINED.items()}
    texts |= {f"generated {name}": model(recipe).text for name, recipe in GENERATED.items()}
    for name, text in texts.items():
        (CORPUS / f"{name.replace(' ', '-')}.txt").write_text(shorter(text))
