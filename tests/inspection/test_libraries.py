"""What pickles betray of libraries is true, for every frozen pickle."""

from __future__ import annotations

import io
from collections import Counter

from packaging.specifiers import SpecifierSet

from inspection.conftest import Row
from predict.inspection import unpickler
from predict.inspection.graph import walk
from predict.inspection.libraries import evidence
from predict.inspection.wrappers import UnreadableError

AT_LEAST = {"cloudpickle": 1_400, "numpy": 400, "pandas": 400, "scikit-learn": 120, "lightgbm": 50, "xgboost": 40}
AT_LEAST |= {"catboost": 10}


def test_all_that_is_told_is_true(corpus: list[Row]) -> None:
    told: Counter[str] = Counter()
    for row in corpus:
        try:
            root, inert = unpickler.read(io.BytesIO(row.data))
        except UnreadableError:
            continue
        found = list(evidence(inert.names, walk(root)))
        for each in found:
            version = row.known.get("libs", {}).get(each.library)
            assert version is None or version in SpecifierSet(each.specifier), (row.known["file"], each, version)
        told.update({each.library for each in found})
    assert {library: told[library] >= least for library, least in AT_LEAST.items()} == dict.fromkeys(AT_LEAST, True), (
        told
    )
