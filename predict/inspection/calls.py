"""What loading a pickle would call beyond what every pickle of a model calls: for information, in plain sight.

A pickle calls what makes its objects. Picklers use a few dozen functions for that, and classes; anything else is worth
a look before the file is loaded where nothing guards.
"""

from __future__ import annotations

import re

SAFE = re.compile(
    r"""
    cloudpickle\.(cloudpickle|cloudpickle_fast)\.\w+
    | dill\._dill\.\w+
    | joblib\.numpy_pickle\.\w+
    | copyreg\.(_reconstructor|__newobj__|__newobj_ex__)
    | _codecs\.encode
    | builtins\.(set|frozenset|bytearray|bytes|list|dict|tuple|complex|range|slice|object|int|float|str|bool|\w+Error)
    | builtins\.(property|staticmethod|classmethod|type)
    | (collections|datetime|decimal|fractions|uuid|pathlib(\._local)?|types|itertools|enum|zoneinfo|pytz|dateutil)\..+
    | _?operator\.(?!attrgetter|methodcaller)\w+
    | functools\.partial
    | re\._compile
    | random\.Random
    | logging\.getLogger
    | __main__\..+
    | _loss\..+
    | (numpy|pandas|scipy|sklearn|lightgbm|xgboost|catboost|polars|pyarrow|torch|statsmodels|numba|keras)\..+
    """,
    re.VERBOSE,
)
RUN_MORE = re.compile(
    r"""
    .*\.(load|loads|read_\w+|fromfile|memmap|load_\w+|_load_from_bytes|exec_command|runstring|system|popen|DataSource)
    | numpy\.(f2py|distutils|testing|ctypeslib)\..+
    """,
    re.VERBOSE,
)
"""Functions of libraries that open files, or unpickle: torch's `_load_from_bytes` unpickles what it is given."""


def only_makes(name: str) -> bool:
    """Whether calling what has this full name only makes an object, as far as is known."""
    return bool(SAFE.fullmatch(name)) and not RUN_MORE.fullmatch(name)
