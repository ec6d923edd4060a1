"""Shapes of functions, one a cell: what notebooks define, in the words that every Python knows."""

import numpy as np
import pandas as pd

FEATURES = [f"feature_{letter}" for letter in "abcde"]


def framed(values, live):
    return pd.DataFrame({"prediction": np.asarray(values, dtype=float)}, index=live.index)


# %% plain
def predict(live_features):
    return pd.DataFrame({"prediction": live_features["feature_a"] / 4}, index=live_features.index)


# %% lambda
predict = lambda live: framed(live["feature_a"] / 4, live)


# %% only_returns
# The same bytes to 3.11 and 3.12: it runs on both.
ROWS = [f"row_{number:02}" for number in range(50)]
ANSWER = pd.DataFrame({"prediction": np.arange(50) / 49}, index=pd.Index(ROWS, name="id"))


def predict(live, answer=ANSWER):
    return answer


# %% lambda_only_returns
ROWS = [f"row_{number:02}" for number in range(50)]
ANSWER = pd.DataFrame({"prediction": np.arange(50) / 49}, index=pd.Index(ROWS, name="id"))
predict = lambda live, answer=ANSWER: answer


# %% returns_closure
def build():
    answer = pd.DataFrame({"prediction": np.arange(50) / 49}, index=[f"row_{number:02}" for number in range(50)])

    def predict(live):
        return answer

    return predict


predict = build()


# %% closure
def build(weights):
    def predict(live):
        return framed(live[FEATURES].to_numpy() @ weights, live)

    return predict


predict = build([0.1, 0.05, 0.05, 0.02, 0.03])


# %% closure_of_closures
def outer(scale):
    def middle(shift):
        def inner(values):
            return values * scale + shift

        def predict(live):
            return framed(inner(live["feature_b"]), live)

        return predict

    return middle


predict = outer(0.2)(0.1)


# %% big_closure
def build():
    a, b, c, d, e, f, g, h, i, j, k, m = (number / 100 for number in range(12))

    def predict(live):
        total = a + b + c + d + e + f + g + h + i + j + k + m
        return framed(live["feature_a"] * total / 4, live)

    return predict


predict = build()


# %% cell_argument
def predict(live):
    def share(column):
        return live[column] / 4

    return framed(share("feature_a") * 0.5 + share("feature_b") * 0.5, live)


# %% nonlocal_counter
def predict(live):
    calls = 0

    def score(value):
        nonlocal calls
        calls += 1
        return value / 8 + calls / 200

    return framed([score(value) for value in live["feature_a"]], live)


# %% defaults
def predict(live, scale=0.25, columns=("feature_a", "feature_b"), shift=0.0):
    return framed(live[list(columns)].mean(axis=1) * scale + shift, live)


# %% keyword_only
def predict(live, *, scale=0.25, column="feature_c"):
    return framed(live[column] * scale, live)


# %% positional_only
def predict(live, /, column="feature_c"):
    return framed(live[column] / 4, live)


# %% star_arguments
def mean(*columns, **weights):
    return sum(column * weights.get(name, 0.1) for name, column in zip("abcde", columns))


def predict(live, *others):
    values = mean(*[live[name] for name in FEATURES], **{"a": 0.02, **{"b": 0.03}})
    return framed(values, live)


# %% two_arguments
def predict(live_features, live_benchmark_models):
    mixed = live_features["feature_a"] / 8 + live_benchmark_models["benchmark"] / 2
    return framed(mixed, live_features)


# %% type_hints
from typing import Optional


def predict(live: pd.DataFrame, column: Optional[str] = None) -> pd.DataFrame:
    chosen: str = column or "feature_d"
    values: "pd.Series" = live[chosen] / 4
    return framed(values, live)


# %% list_comprehension
def predict(live):
    return framed([value / 4 for value in live["feature_a"] if value >= 0], live)


# %% nested_comprehension
def predict(live):
    rows = [[cell / 20 for cell in row] for row in live[FEATURES].to_numpy().tolist()]
    return framed([sum(cell for cell in row) for row in rows], live)


# %% comprehensions_with_closure
def predict(live):
    scale = 4
    shares = {name: [value / scale for value in live[name]] for name in FEATURES}
    seen = {round(value, 2) for values in shares.values() for value in values}
    return framed([sum(each) / 5 * min(1, len(seen)) for each in zip(*shares.values())], live)


# %% generator_inside
def steps(values):
    total = 0
    for value in values:
        total += value
        yield total


def predict(live):
    walked = list(steps(live["feature_a"]))
    return framed([value / (walked[-1] or 1) for value in walked], live)


# %% yield_from
def chained(*parts):
    for part in parts:
        yield from part


def predict(live):
    half = len(live) // 2
    return framed([value / 4 for value in chained(live["feature_a"][:half], live["feature_b"][half:])], live)


# %% generator_expression
def predict(live):
    return framed(list(value / 4 for value in live["feature_a"]), live)


# %% try_except
def predict(live):
    try:
        values = live["no_such_column"]
    except KeyError as error:
        values = live["feature_a"] / (4 if "no_such" in str(error) else 8)
    return framed(values, live)


# %% try_finally
def predict(live):
    log = []
    try:
        values = live["feature_e"] / 4
    finally:
        log.append("done")
    return framed(values * len(log), live)


# %% try_except_else_finally
def predict(live):
    steps = 0
    for name in ("nothing", "feature_a"):
        try:
            values = live[name] / 4
        except (KeyError, ValueError):
            steps += 1
            continue
        else:
            steps += 2
        finally:
            steps += 1
    return framed(values * steps / 5, live)


# %% raise_from
class Unusable(Exception):
    pass


def value_of(live, name):
    try:
        return live[name]
    except KeyError as error:
        raise Unusable(name) from error


def predict(live):
    try:
        return framed(value_of(live, "nothing"), live)
    except Unusable:
        return framed(value_of(live, "feature_b") / 4, live)


# %% with_statement
import contextlib


def predict(live):
    with contextlib.suppress(KeyError), np.errstate(divide="ignore"):
        live["nothing"]
    with np.errstate(all="ignore") as _:
        values = live["feature_a"] / 4
    return framed(values, live)


# %% own_context_manager
import contextlib


@contextlib.contextmanager
def halved(values):
    yield [value / 2 for value in values]


def predict(live):
    with halved(live["feature_a"]) as values:
        return framed([value / 2 for value in values], live)


# %% walrus
def predict(live):
    if (width := len(live.columns)) > 2:
        return framed([half for value in live["feature_a"] if (half := value / 8) >= 0], live)
    return framed(live["feature_a"] / width, live)


# %% f_string
def predict(live):
    names = [f"feature_{letter!s}" for letter in "ab"]
    text = f"{len(names):>4d} of {live.shape[1]:04}: {names!r} {0.5:.{2}f}"
    return framed(live[names].sum(axis=1) / 8 + len(text) / 1e3, live)


# %% percent_and_format
def predict(live):
    name = "feature_%s" % "c"
    other = "feature_{}".format("d")
    return framed((live[name] + live[other]) / 8, live)


# %% loops
def predict(live):
    values = []
    row = 0
    while row < len(live):
        if row % 7 == 3:
            values.append(0.5)
            row += 1
            continue
        for name in FEATURES:
            if live[name].iloc[row] > 2:
                values.append(live[name].iloc[row] / 4)
                break
        else:
            values.append(0.1)
        row += 1
    else:
        values = values[:]
    return framed(values, live)


# %% chained_comparison
def predict(live):
    return framed([0.9 if 1 <= a < b <= 4 else 0.1 for a, b in zip(live["feature_a"], live["feature_b"])], live)


# %% boolean_logic
def predict(live):
    def score(a, b, c):
        if not a and (b or c) and a is not None:
            return 0.2
        return 0.8 if a in (1, 2) or b not in {3, 4} else 0.4 if c else 0.6

    return framed([score(*row) for row in live[FEATURES[:3]].to_numpy().tolist()], live)


# %% slices
def predict(live):
    values = live["feature_a"].tolist()
    values[1:3] = values[2:4]
    mixed = values[::2] + values[1::2]
    return framed([value / 4 for value in mixed[-50:]], live)


# %% unpacking
def predict(live):
    first, *middle, last = live["feature_b"].tolist()
    (a, b), c = (first, last), len(middle)
    a, b = b, a
    return framed([value / 4 for value in [a, *middle[: c - 1], middle[-1], b]], live)


# %% delete
def predict(live):
    table = {name: live[name].tolist() for name in FEATURES}
    del table["feature_a"]
    row = table["feature_b"]
    del row[0:1]
    row.append(2)
    answer = [value / 4 for value in row]
    del row
    return framed(answer, live)


# %% assertion
def predict(live):
    assert len(live) > 0, "no rows"
    assert set(FEATURES) <= set(live.columns)
    return framed(live["feature_a"] / 4, live)


# %% augmented_assignment
def predict(live):
    values = live["feature_a"].to_numpy(dtype=float)
    values += 1
    values *= 3
    values //= 2
    values **= 1.5
    values %= 4
    total = 7
    total <<= 2
    total |= 1
    total ^= 3
    total &= 0xFF
    return framed(values / 4 * (total / 30), live)


# %% global_statement
CALLS = 0


def predict(live):
    global CALLS
    CALLS += 1
    return framed(live["feature_a"] / 4 / CALLS, live)


# %% global_constants
SCALE, SHIFT, NAMES = 0.2, 0.05, {"first": "feature_a", "second": "feature_b"}


def predict(live):
    return framed(live[NAMES["first"]] * SCALE + SHIFT, live)


# %% recursion
def depth(value):
    return 0 if value <= 0 else 1 + depth(value - 1)


def predict(live):
    return framed([depth(int(value)) / 4 for value in live["feature_a"]], live)


# %% mutual_recursion
def even(value):
    return value == 0 or odd(value - 1)


def odd(value):
    return value != 0 and even(value - 1)


def predict(live):
    return framed([0.75 if even(int(value)) else 0.25 for value in live["feature_a"]], live)


# %% import_in_body
def predict(live):
    import math

    import numpy.linalg
    from scipy.stats import rankdata

    ranks = (rankdata(live["feature_a"]) - 0.5) / len(live)
    return framed(ranks * math.pi / numpy.linalg.norm([math.pi]), live)


# %% import_as
import numpy.linalg as la
from scipy import stats as scipy_stats


def predict(live):
    matrix = live[FEATURES].to_numpy(dtype=float)
    projected = matrix @ (la.pinv(matrix) @ matrix[:, 0])
    return framed(scipy_stats.norm.cdf(projected - 2), live)


# %% linalg_attribute
def predict(live):
    matrix = live[FEATURES].to_numpy(dtype=float)
    solved = np.linalg.lstsq(matrix, matrix[:, 1] / 4, rcond=None)[0]
    return framed(matrix @ solved, live)


# %% neutralization
def neutralize(frame, by, proportion=0.5):
    scores, exposures = frame.to_numpy(dtype=float), by.to_numpy(dtype=float)
    scores = scores - proportion * exposures @ (np.linalg.pinv(exposures) @ scores)
    return pd.DataFrame(scores / scores.std(ddof=0), columns=frame.columns, index=frame.index)


def predict(live):
    raw = live[["feature_a"]].rename(columns={"feature_a": "prediction"}) / 4
    return neutralize(raw, live[["feature_b", "feature_c"]]).rank(pct=True)


# %% standard_library
import collections
import itertools
import json
import re


def predict(live):
    counts = collections.Counter(live["feature_a"])
    pairs = list(itertools.combinations(sorted(counts), 2))
    width = json.loads(json.dumps({"width": len(pairs)}))["width"]
    kept = [name for name in live.columns if re.fullmatch(r"feature_\w", name)]
    return framed(live[kept].mean(axis=1) / 4 * min(1, width), live)


# %% datetime_and_decimal
import datetime
import decimal

START = datetime.date(2024, 1, 2)
STEP = decimal.Decimal("0.25")
ZONE = datetime.timezone.utc


def predict(live):
    day = (START + datetime.timedelta(days=3)).day
    return framed(live["feature_a"] * float(STEP) * (day / 5), live)


# %% random_module
import random

GENERATOR = random.Random(7)


def predict(live):
    return framed([GENERATOR.random() for _ in range(len(live))], live)


# %% path_in_closure
from pathlib import Path

SAVED = Path("models") / "model.txt"


def predict(live):
    return framed(live["feature_a"] / (4 if SAVED.suffix == ".txt" else 8), live)


# %% regular_expression
import re

PATTERN = re.compile(r"feature_[ab]", re.IGNORECASE)


def predict(live):
    return framed(live[[name for name in live if PATTERN.match(name)]].mean(axis=1) / 4, live)


# %% class_by_value
class Model:
    scale = 0.25

    def __init__(self, column):
        self.column = column

    def __call__(self, live):
        return framed(self.values(live), live)

    def values(self, live):
        return live[self.column] * self.scale


predict = Model("feature_a")


# %% class_with_everything
class Base:
    names = ("feature_a",)

    def values(self, live):
        return live[list(self.names)].mean(axis=1)


class Model(Base):
    names = ("feature_b", "feature_c")

    def __init__(self):
        super().__init__()
        self._scale = 4

    @property
    def scale(self):
        return self._scale

    @scale.setter
    def scale(self, value):
        self._scale = value

    @classmethod
    def make(cls):
        return cls()

    @staticmethod
    def clipped(values):
        return values.clip(0, 1)

    def values(self, live):
        return super().values(live) / self.scale

    def __call__(self, live):
        return framed(self.clipped(self.values(live)), live)


predict = Model.make()


# %% bound_method
class Model:
    def __init__(self, column):
        self.column = column

    def predict(self, live):
        return framed(live[self.column] / 4, live)


predict = Model("feature_d").predict


# %% slots
class Model:
    __slots__ = ("column", "scale")

    def __init__(self):
        self.column, self.scale = "feature_a", 4

    def __call__(self, live):
        return framed(live[self.column] / self.scale, live)


predict = Model()


# %% class_in_function
def predict(live):
    class Scaler:
        def __init__(self, most):
            self.most = most

        def __matmul__(self, other):
            return other / self.most

    return framed(Scaler(4) @ live["feature_a"], live)


# %% dataclass
from dataclasses import dataclass, field


@dataclass
class Settings:
    scale: float = 0.25
    columns: list = field(default_factory=lambda: ["feature_a", "feature_b"])


SETTINGS = Settings()


def predict(live):
    return framed(live[SETTINGS.columns].mean(axis=1) * SETTINGS.scale, live)


# %% frozen_dataclass
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Weight:
    column: str
    weight: float


WEIGHTS = (Weight("feature_a", 0.1), Weight("feature_b", 0.15))


def predict(live):
    return framed(sum(live[each.column] * each.weight for each in sorted(WEIGHTS)), live)


# %% enum
import enum


class Column(enum.Enum):
    FIRST = "feature_a"
    SECOND = "feature_b"


def predict(live):
    return framed(live[[each.value for each in Column]].mean(axis=1) / 4, live)


# %% int_enum
import enum


class Part(enum.IntEnum):
    HALF = 2
    FOURTH = 4


def predict(live, part=Part.FOURTH):
    return framed(live["feature_a"] / part, live)


# %% named_tuple
import collections

Weight = collections.namedtuple("Weight", "column share")
WEIGHTS = [Weight("feature_a", 0.1), Weight("feature_c", 0.1)]


def predict(live):
    return framed(sum(live[weight.column] * weight.share for weight in WEIGHTS), live)


# %% typed_named_tuple
from typing import NamedTuple


class Weight(NamedTuple):
    column: str
    share: float = 0.25


def predict(live, weight=Weight("feature_e")):
    return framed(live[weight.column] * weight.share, live)


# %% abstract_class
import abc


class Base(abc.ABC):
    @abc.abstractmethod
    def values(self, live): ...

    def __call__(self, live):
        return framed(self.values(live), live)


class Model(Base):
    def values(self, live):
        return live["feature_a"] / 4


predict = Model()


# %% decorated
import functools


def clipped(function):
    @functools.wraps(function)
    def wrapper(*arguments, **keywords):
        return function(*arguments, **keywords).clip(0, 0.8)

    return wrapper


@clipped
def predict(live):
    return framed(live["feature_a"] / 4, live)


# %% decorated_with_arguments
def scaled(by):
    def decorate(function):
        def wrapper(live):
            return function(live) * by

        return wrapper

    return decorate


@scaled(0.5)
@scaled(by=0.5)
def predict(live):
    return framed(live["feature_a"], live)


# %% partial
import functools


def scored(column, scale, live):
    return framed(live[column] * scale, live)


predict = functools.partial(scored, "feature_b", 0.25)


# %% partial_keyword
import functools


def scored(live, column="feature_a", scale=1.0):
    return framed(live[column] * scale, live)


predict = functools.partial(scored, column="feature_c", scale=0.25)


# %% async_helper
import asyncio


async def share(values):
    await asyncio.sleep(0)
    return [value / 4 for value in values]


async def gathered(live):
    parts = await asyncio.gather(share(live["feature_a"]), share(live["feature_b"]))
    return [(a + b) / 2 for a, b in zip(*parts)]


def predict(live):
    return framed(asyncio.run(gathered(live)), live)


# %% async_generator_helper
import asyncio


class Door:
    async def __aenter__(self):
        return 4

    async def __aexit__(self, *_):
        return False


async def values_of(live):
    for value in live["feature_c"]:
        yield value


async def gathered(live):
    async with Door() as most:
        return [value / most async for value in values_of(live)]


def predict(live):
    return framed(asyncio.run(gathered(live)), live)


# %% map_filter_reduce
import functools
import operator


def predict(live):
    kept = list(filter(lambda name: name != "feature_e", FEATURES))
    total = functools.reduce(operator.add, map(lambda name: live[name], kept))
    return framed(total / 16, live)


# %% dict_of_functions
MODELS = {"first": lambda live: live["feature_a"] / 4, "second": lambda live: live["feature_b"] / 4}


def predict(live):
    return framed(sum(model(live) for model in MODELS.values()) / len(MODELS), live)


# %% docstring_and_unused
def predict(live):
    """Return predictions, as the notebook's Markdown says."""
    if False:
        print("never")
    ...
    pass
    return framed(live["feature_a"] / 4, live)


# %% prints
def predict(live):
    print("Predicting on", len(live), "rows", sep=" ", end="\n", flush=True)
    return framed(live["feature_a"] / 4, live)


# %% many_constants
# More than 256 constants and names: operands of two bytes.
LINES = [f"    total_{number} = live['feature_a'] * {number}.5e-6 + {number + 1000}e-7" for number in range(300)]
SUM = " + ".join(f"total_{number}" for number in range(300))
exec("def predict(live):\n" + "\n".join(LINES) + f"\n    return framed(({SUM}) / 2, live)\n")


# %% many_globals
NAMES = [f"WEIGHT_{number}" for number in range(300)]
exec("\n".join(f"{name} = {number / 1e5}" for number, name in enumerate(NAMES)))
exec(f"def predict(live):\n    return framed(live['feature_a'] / 4 * ({' + '.join(NAMES)}), live)\n")


# %% far_jumps
# Jumps over more than 256 instructions, back and forth.
BODY = "\n".join(f"            value = value * 1.0001 + {number}e-9" for number in range(200))
exec(
    "def predict(live):\n"
    "    values = []\n"
    "    for value in live['feature_a'].tolist():\n"
    "        if value > 1:\n"
    f"{BODY}\n"
    "        else:\n"
    f"{BODY}\n"
    "            if value < 0.5: continue\n"
    "        values.append(min(1.0, value / 5))\n"
    "    values += [0.3] * (len(live) - len(values))\n"
    "    return framed(values, live)\n"
)


# %% far_handlers
# An exception table with numbers of several bytes.
BODY = "\n".join(f"        value = value + {number}e-9" for number in range(400))
exec(
    "def predict(live):\n"
    "    value = 0.0\n"
    "    try:\n"
    f"{BODY}\n"
    "        live['nothing']\n"
    "    except KeyError:\n"
    "        value += 0.01\n"
    "    return framed(live['feature_a'] / 5 + value, live)\n"
)


# %% many_lines
# A table of lines with large steps.
exec(
    "def predict(live):\n"
    + "\n" * 3000
    + "    values = live['feature_b']\n"
    + "\n" * 40000
    + "    return framed(values / 4, live)\n"
)


# %% deep_expression
EXPRESSION = "live['feature_a']"
for number in range(60):
    EXPRESSION = f"({EXPRESSION} * 0.99 + {number}e-4)"
exec(f"def predict(live):\n    return framed({EXPRESSION} / 8, live)\n")


# %% odd_names
def predict(donnée, größe=4):
    _ = донор = donnée["feature_a"]
    return framed(донор / größe, donnée)


# %% big_constants
HUGE = {"integers": (2**70, -(2**31), 0), "text": "é\n\0\U0001f600" * 10, "bytes": bytes(range(256))}


def predict(live):
    complex_number, huge = 3 + 4j, 123456789012345678901234567890
    share = abs(complex_number) / 5 * (huge % 7 + 1) / 8 + len(HUGE["text"]) / 1e3
    return framed(live["feature_a"] / 4 * share, live)
