"""What is known to break between versions of libraries, where no missing name tells it.

Each rule was seen to hold: pickles of 14 environments were loaded and called in others, and `make crossing` does it
anew. Where a version is a bound, both of its sides were tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .environments import Environment
from .facts import BARE, EXPLICIT_SCORE, PASSTHROUGH, Evidence, Facts, Use
from .finding import Finding, Severity
from .written import before, fits, older, since, within

XGBOOST = ("xgboost", "xgboost-cpu")
TELLING = ("scikit-learn", "xgboost", "lightgbm", "catboost", "pandas")
"""Libraries whose versions may change what a model computes."""


class Break(NamedTuple):
    """One library that does not read, or does not compute, what another version of it wrote."""

    library: str
    name: str
    """Pattern of a name that the pickle refers to."""
    message: str
    fix: str
    written: str
    """A bound of the version that wrote it: `<` or `>=`."""
    here: str
    """Versions that cannot do with it."""
    note: str = ""
    """What else the pickle must tell."""
    proven: bool = False
    about: str = ""
    """What the error speaks of that comes of it."""


RETRAIN = "Train and save the model again with {library} {here}, or use an image that has {written}."
NEWER = "Use an image that has {library} {written}, or train and save the model again with {here}."
TREES, HISTOGRAM = r"sklearn\.tree\._tree\.Tree", r"sklearn\.ensemble\._hist_gradient_boosting\..+"
COLUMNS = r"sklearn\.compose\._column_transformer\.ColumnTransformer"
LAYOUT = "Trees of scikit-learn {written} cannot be read by {here}: their nodes have another layout."
OTHER_STATE = "What scikit-learn {written} saved lacks what {here} needs to predict."
BREAKS = (
    Break("scikit-learn", TREES, LAYOUT, RETRAIN, "<1.3", ">=1.3", proven=True),
    Break("scikit-learn", TREES, LAYOUT, NEWER, ">=1.3", "<1.3", proven=True),
    Break(
        *("scikit-learn", r"sklearn\.(tree\._classes\.(Dec.+|Extra.+)|ensemble\._forest\.Random.+)"),
        *("Trees of scikit-learn {written} lack 'monotonic_cst', which {here} needs to predict.", RETRAIN),
        *("<1.4", ">=1.4,<1.9"),
        about="monotonic_cst",
    ),
    Break("scikit-learn", COLUMNS, OTHER_STATE, NEWER, ">=1.4", "<1.4", about="_name_to_fitted_passthrough"),
    Break("scikit-learn", COLUMNS, OTHER_STATE, RETRAIN, "<1.4", ">=1.4", note=PASSTHROUGH, about="'transform'"),
    Break(
        *("scikit-learn", r"sklearn\.impute\._base\.SimpleImputer", OTHER_STATE, RETRAIN, "<1.8", ">=1.9"),
        about="_fill_dtype",
    ),
    Break(
        *("scikit-learn", r"sklearn\.preprocessing\._polynomial\.SplineTransformer", OTHER_STATE, RETRAIN),
        *("<1.3", ">=1.3"),
        about="sparse_output",
    ),
    Break("scikit-learn", HISTOGRAM, OTHER_STATE, RETRAIN, "<1.4", ">=1.4", about="_preprocessor"),
    Break("scikit-learn", HISTOGRAM, LAYOUT, RETRAIN, "<1.3", ">=1.3", proven=True),
    Break("scikit-learn", HISTOGRAM, LAYOUT, NEWER, ">=1.3", "<1.3", proven=True),
    Break(
        *("scikit-learn", r"sklearn\.ensemble\._gb\..+", OTHER_STATE, NEWER, ">=1.4", "<1.4"),
        about="get_init_raw_predictions",
    ),
    Break(
        *("scikit-learn", r"sklearn\.linear_model\._logistic\.Log.+", OTHER_STATE, NEWER, ">=1.9", "<1.8"),
        about="multi_class",
    ),
    Break(
        *("scipy", r"scipy\.interpolate\._bsplines\.BSpline"),
        *("A spline of SciPy {written} does not work in {here}.", RETRAIN, "<1.17", ">=1.17"),
    ),
    Break(
        *("scipy", r"scipy\.interpolate\._bsplines\.BSpline"),
        *("A spline of SciPy {written} does not work in {here}.", NEWER, ">=1.17", "<1.17"),
    ),
    Break(
        *("lightgbm", r"lightgbm\.sklearn\..+"),
        "The scikit-learn wrapper of LightGBM {written} does not predict under {here}.",
        "Keep only the booster (model.booster_), or train again with LightGBM {here}.",
        *("<4", ">=4"),
        about="'NoneType' and 'int'",
    ),
    Break(
        *("lightgbm", r"lightgbm\..+"),
        *("LightGBM {here} cannot load a model that {written} saved.", NEWER, ">=4", "<4"),
    ),
    Break(
        *("xgboost", r"xgboost\.sklearn\..+"),
        "The scikit-learn wrapper of XGBoost {written} does not predict under {here}.",
        "Keep only the booster (model.get_booster()), or train again with XGBoost {here}.",
        *(">=2.0", "<2.0"),
        about="gpu_id",
    ),
    Break(
        *("numpy", r"numpy\.random\._pickle\.__(randomstate|generator)_ctor"),
        "A random generator of NumPy {written} is in it, which {here} cannot read.",
        "Drop it before saving (model.random_state = 0), or save the model again with this NumPy.",
        *(">=1.24", "<1.24"),
        proven=True,
    ),
    Break(
        *("pandas", r"pandas\.(.+\.)?StringDtype|pandas\.arrays\..*String.*"),
        "Strings of pandas {written} are in it, which {here} cannot read.",
        "Keep no pandas object in the function, or save it again with pandas {here}.",
        *(">=2.3", "<2.3"),
        proven=True,
    ),
)


def breaks(facts: Facts, environment: Environment) -> Iterator[Finding]:
    """What another version of the library cannot do with what was written."""
    for rule in BREAKS:
        here, said = version_of(environment, rule.library), _said(facts, rule)
        named = any(re.fullmatch(rule.name, ".".join(name)) for name in facts.names)
        if here and said and named and within(rule.here, here):
            words = {"library": rule.library, "written": written(said), "here": here}
            message, fix = rule.message.format(**words), rule.fix.format(**words)
            yield Finding("fails", message, fix, "dependency_mismatch", proven=rule.proven, about=rule.about)
            return  # the others would say the same in other words


def _said(facts: Facts, rule: Break) -> Evidence | None:
    evidence = [said for said in facts.evidence if not rule.note or said.note == rule.note]
    if rule.written.startswith("<"):
        return before(evidence, rule.library, rule.written.removeprefix("<"))
    return since(evidence, rule.library, rule.written.removeprefix(">="))


def base_score(facts: Facts, environment: Environment) -> Iterator[Finding]:
    """XGBoost 3.1 writes it as a list, which older ones do not read: they take 0.5, and say nothing."""
    here, said = version_of(environment, "xgboost"), since(facts.evidence, "xgboost", "3.1")
    if said and older(here, "3.1") and said.note != EXPLICIT_SCORE:
        what = f"XGBoost {written(said)} made the model; {here} loads it, loses its base_score, and predicts wrongly."
        fix = f"Train it again with XGBoost {here}, or with base_score=0.5."
        yield Finding("fails", what, fix, "dependency_mismatch")  # not proven: ranks may be the same


def random_generator(facts: Facts, environment: Environment) -> Iterator[Finding]:
    """NumPy 2 writes the class where NumPy 1 expects its name."""
    here = version_of(environment, "numpy")
    names = {".".join(name) for name in facts.names}
    by_class = any(re.fullmatch(r"numpy\.random\._(mt19937|pcg64|philox|sfc64)\.\w+", name) for name in names)
    if older(here, "2") and by_class and "numpy.random._pickle.__bit_generator_ctor" in names:
        what = f"A random generator of NumPy 2 is in it, which NumPy {here} cannot read."
        fix = "Drop it before saving (model.random_state = 0), or save the model again with this NumPy."
        yield Finding("fails", what, fix, "dependency_mismatch", proven=True)


def bare_array(facts: Facts, environment: Environment) -> Iterator[Finding]:
    """Pandas 3 leaves out of the state of an array what pandas 2 insists on."""
    here = version_of(environment, "pandas")
    if older(here, "3") and any(said.note == BARE for said in facts.evidence):
        what = f"A categorical or datetime object of pandas 3 is in it, which pandas {here} cannot read."
        fix = f"Keep no pandas object in the function, or save it again with pandas {here}."
        yield Finding("fails", what, fix, "dependency_mismatch", proven=True)


def polars(facts: Facts, environment: Environment) -> Iterator[Finding]:
    """Polars writes no version down."""
    if any(module.startswith("polars.") for module, _ in facts.names) and (here := version_of(environment, "polars")):
        what = f"Objects of polars are in it: only nearly the same version reads them, and {here} is here."
        yield Finding("warning", what, f"Save it with polars {here}, or keep no polars object in the function.")


class Removed(NamedTuple):
    """A method, or a keyword of a function, that a library does not have any more."""

    library: str
    since: str
    function: str
    keyword: str
    instead: str
    others: tuple[str, ...] = ()
    """Modules whose objects have a function of that name too: where they are used, it may be theirs."""
    kept: bool = False
    """Whether it is the library's only if something is done with what it returns."""
    sure: bool = True
    """Whether it fails; else only sometimes, or other libraries' objects have such a method too."""
    rivals: tuple[str, ...] = ()
    """Functions that take such a keyword too: on the same line, it may be theirs."""


RANKS = ("rank", "interpolate", "reindex", "corr", "corrwith", "quantile")
FRAMES = ("apply", "sum", "mean", "std", "rank", "drop", "concat", "max", "min", "median", "transform")
TRAINERS = ("xgboost", "catboost", "keras", "tensorflow", "torch", "fastai", "sklearn")
REMOVED = (
    Removed("pandas", "2", "iteritems", "", "items()"),
    Removed("pandas", "2", "append", "", "pd.concat", kept=True),
    Removed("pandas", "2", "concat", "axis by position", "axis=1"),
    Removed("pandas", "2", "drop", "axis by position", "columns="),
    Removed("pandas", "3", "swapaxes", "", "transpose()", sure=False),
    Removed("pandas", "3", "values[...] =", "", "to_numpy(copy=True)", sure=False),
    Removed("pandas", "3", "date_range", "freq='M'", "freq='ME'"),
    Removed("numpy", "2", "array", "copy=False", "np.asarray", sure=False),
    Removed("pandas", "3", "applymap", "", "map()"),
    Removed("pandas", "3", "fillna", "method", "ffill() or bfill()", rivals=RANKS),
    Removed("pandas", "3", "groupby", "axis", "a transposed frame", rivals=FRAMES),
    Removed("scikit-learn", "1.6", "mean_squared_error", "squared", "root_mean_squared_error"),
    *(
        Removed("scikit-learn", "1.4", name, "base_estimator", "estimator")
        for name in ("BaggingRegressor", "BaggingClassifier", "AdaBoostRegressor", "AdaBoostClassifier")
    ),
    Removed("scikit-learn", "1.4", "OneHotEncoder", "sparse", "sparse_output"),
    Removed("xgboost", "2", "predict", "ntree_limit", "iteration_range"),
    Removed("lightgbm", "4", "fit", "verbose", "callbacks=[log_evaluation(0)]", TRAINERS),
)


def removed(facts: Facts, environment: Environment) -> Iterator[Finding]:
    """Methods and keywords that are gone here."""
    modules = {_top(module) for module, _ in facts.names} | {_top(use.module) for use in facts.uses}
    for rule in REMOVED:
        here = version_of(environment, rule.library)
        if here and not older(here, rule.since) and (use := _used(facts, rule)):
            what = f"{_shown(rule)} is gone since {rule.library} {rule.since}, and {here} is here."
            unsure = (
                not rule.sure
                or bool(modules & {*rule.others})
                or any(_beside(use, rival, facts) for rival in rule.rivals)
            )
            severity: Severity = "warning" if unsure else "fails"
            about = rule.keyword or rule.function
            fix = f"Use {rule.instead}."
            yield Finding(severity, what, fix, "dependency_mismatch", where=use.place, about=about)


def _top(module: str) -> str:
    return module.partition(".")[0]


def _shown(rule: Removed) -> str:
    """As people write it."""
    if not rule.keyword:
        return f".{rule.function}" if rule.function.endswith("=") else f".{rule.function}()"
    return f"{rule.function}({rule.keyword}{'=...' if rule.keyword.isidentifier() else ''})"


def _beside(use: Use, rival: str, facts: Facts) -> bool:
    return any((each.name, each.function, each.line) == (rival, use.function, use.line) for each in facts.uses)


def _used(facts: Facts, rule: Removed) -> Use | None:
    """Where a function is called, with the keyword if there is one."""
    keywords = [use for use in facts.uses if use.kind == "keyword" and use.name == rule.keyword]
    for use in facts.uses:
        if use.name == rule.function and use.kind != "keyword" and not use.guarded and (use.kept or not rule.kept):
            given = [each for each in keywords if each.function == use.function]
            anywhere = not rule.rivals and rule.keyword.isidentifier()  # a name that no other function takes
            if not rule.keyword or any(anywhere or each.line == use.line for each in given):
                return use
    return None


def differing(facts: Facts, environment: Environment) -> Iterator[Finding]:
    """Libraries whose version is another one than that which wrote the model: it may compute something else."""
    told = set()
    for said in facts.evidence:
        here = version_of(environment, said.library)
        if said.library in TELLING and here and not fits(said, here) and (said.library, written(said)) not in told:
            told.add((said.library, written(said)))
            what = f"{said.library} {written(said)} made it, and {here} is here: it may compute something else."
            fix = f"Compare its predictions with yours, or train it with {said.library}=={here}."
            yield Finding("warning", what, fix)


def version_of(environment: Environment, library: str) -> str | None:
    """The version of a library here, of whichever of its builds."""
    found = (environment.libraries.get(name) for name in (XGBOOST if library == "xgboost" else (library,)))
    return next(filter(None, found), None)


def written(said: Evidence) -> str:
    """The version that wrote it, for people: 1.6.1, 4.4 to 4.5, before 2, 3 or newer."""
    low, _, high = said.specifier.partition(",")
    if low.startswith("=="):
        return low.removeprefix("==")
    if low.startswith("<"):
        return f"before {low.removeprefix('<')}"
    first = low.removeprefix(">=")
    if not high:
        return f"{first} or newer"
    major, _, minor = high.removeprefix("<").partition(".")
    if not minor:
        return f"{first} or newer, before {major}"
    last = f"{major}.{int(minor) - 1}"
    return first if first == last else f"{first} to {last}"


Rule = Callable[[Facts, Environment], Iterator[Finding]]
RULES: tuple[Rule, ...] = (breaks, base_score, random_generator, bare_array, removed, polars, differing)
