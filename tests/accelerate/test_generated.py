"""The generated texts are LightGBM's: it reads them, and writes them again as they were."""

from __future__ import annotations

import re

import lightgbm
from hypothesis import given
from hypothesis import strategies as st

from accelerate.model_text import model
from accelerate.recipes import OBJECTIVES, Recipe, examples, recipes


@examples(60)
@given(st.sampled_from(OBJECTIVES).flatmap(recipes))
def test_lightgbm_writes_a_generated_text_as_it_was(recipe: Recipe) -> None:
    text = model(recipe).text
    assert trees(lightgbm.Booster(model_str=text).model_to_string()) == trees(text)


def trees(text: str) -> str:
    """The trees and the objective; versions do not agree on the count of a single leaf."""
    objective = "".join(re.findall("^(?:objective|average_output).*\n", text, re.MULTILINE))
    return objective + re.sub("leaf_count=0?\n", "", text[text.index("Tree=") : text.index("end of trees")])
