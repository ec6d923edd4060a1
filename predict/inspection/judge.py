"""Whether a pickle runs in an environment: from what it tells, and what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .environments import Environment
from .facts import OWN_CODE, Facts, Use
from .finding import GRAVITY, Finding, Judgement, Severity
from .known import RENAMED, is_library
from .rules import RULES, Rule

MOST_ARGUMENTS = 2
RUNS_CODE = re.compile(
    r"builtins\.(exec|eval|compile|__import__|setattr)|(importlib|imp|runpy|sys|site|zipimport|os|posix|subprocess|_?pickle|cloudpickle|dill|marshal)\..+"
)
"""What a pickle may call to bring modules along; then nothing is known of what is missing."""
NOWHERE = {
    "network": (
        "there is no network during a run",
        "Load what it needs before cloudpickle.dump, so that it travels along.",
    ),
    "gpu": ("there is no GPU", "Compute on the CPU: model.to('cpu') before cloudpickle.dump."),
}
TORCH = "torch zip"
SAVE_WHOLE = "Save the function with cloudpickle.dump(predict, file), and pass that file, whole."


def judge(facts: Facts, environment: Environment) -> Judgement:
    """Judge one file in one environment."""
    if facts.unreadable:
        return Judgement(environment.name, environment.python, (_unreadable(facts),))
    found = [finding for rule in (*OURS, *RULES) for finding in rule(facts, environment)]
    ordered = sorted(found, key=lambda finding: GRAVITY.index(finding.severity))
    return Judgement(environment.name, environment.python, tuple(ordered))


def _unreadable(facts: Facts) -> Finding:
    if facts.gave_up:
        return Finding("unknown", f"It cannot be read: {facts.unreadable}.", "Run it: only that will tell.")
    return Finding("fails", f"It cannot be read: {facts.unreadable}.", SAVE_WHOLE, "invalid_pickle")


def _python(facts: Facts, environment: Environment) -> Iterator[Finding]:
    here = environment.python
    if facts.pythons is None:
        return
    if facts.strange:
        functions = ", ".join(f"{name}()" for name in facts.strange[:3])
        what = f"No Python that is known here wrote all of its code: {functions} is of another one."
        yield Finding("unknown", what, f"Save it again under Python {here}.")
    elif here not in facts.pythons:
        made, other = " or ".join(facts.pythons), _parted(facts.pythons, here)
        then = "cannot read its functions" if other else "would crash on its functions, or compute something else"
        fix = f"Run it under Python {made}, or save it again under Python {here}: another protocol= does not help."
        what = f"Python {made} made it; Python {here} {then}."
        proven = other or facts.model.kind in ("function", "generator", "coroutine")
        yield Finding("fails", what, fix, "python_mismatch", proven=proven)
    elif not facts.alike:
        made = " or ".join(facts.pythons)
        yield Finding("unknown", f"Python {made} made it, and only that one reads it right.", f"Use Python {made}.")


def _parted(made: Iterable[str], here: str) -> bool:
    """Whether the constructors of code objects take other arguments, so that it does not even load."""
    return len({_number(version) >= (3, 11) for version in (*made, here)}) > 1


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _model(facts: Facts, _environment: Environment) -> Iterator[Finding]:
    model = facts.model
    function = "Pickle a function: def predict(live_features): ... return a DataFrame."
    if TORCH in facts.wrappers:
        what = "It is what torch.save writes: a model, not a function."
        fix = "Wrap the model: def predict(live_features): ..., then cloudpickle.dump(predict, file)."
        yield Finding("fails", what, fix, "invalid_pickle")
    elif model.kind in ("data", "class"):
        yield Finding("fails", f"It holds {model.name} ({model.kind}), not a function.", function, "not_callable")
    if model.kind in ("generator", "coroutine"):
        what = f"{model.name}() is a {model.kind}: calling it gives no DataFrame."
        yield Finding("fails", what, "Return the DataFrame instead of yielding or awaiting it.", "not_a_dataframe")
    if model.needs is not None:
        yield from _signature(facts)


def _signature(facts: Facts) -> Iterator[Finding]:
    model = facts.model
    needs, fix = model.needs or (), "Take live_features, and live_benchmark_models if you need them; no more."
    if model.keywords:
        what = f"{model.name}() needs the keyword argument {model.keywords[0]!r}, which nobody passes."
        yield Finding("fails", what, f"Give {model.keywords[0]} a default.", "bad_signature")
    elif len(needs) > MOST_ARGUMENTS:
        what = f"{model.name}() needs {len(needs)} arguments ({', '.join(needs)}); two are passed at most."
        yield Finding("fails", what, fix, "bad_signature")
    elif not needs and not model.takes_more:
        yield Finding("fails", f"{model.name}() takes no argument.", fix, "bad_signature")


def _missing(facts: Facts, environment: Environment) -> Iterator[Finding]:
    """Modules that are not there: all of them at once."""
    at_load = {module: None for module in _modules_at_load(facts) if not environment.has(_top(module))}
    in_code = {
        use.module: use
        for use in facts.uses
        if use.kind == "import" and not use.guarded and not environment.has(_top(use.module))
    }
    tops = list(dict.fromkeys(_top(name) for name in (*at_load, *in_code)))
    if not tops:
        return
    certain = bool(at_load) or any(use.always for use in in_code.values())
    place = "" if at_load else next(iter(in_code.values())).place
    names = ", ".join(map(repr, tops))
    what = f"It needs the module{'s' if len(tops) > 1 else ''} {names}, not installed here."
    proven = certain and not _brings_modules(facts)
    unsure = not certain and all(use.function in _wary(facts) for use in in_code.values())
    severity: Severity = "warning" if unsure else "fails"
    about = " ".join(tops)
    yield Finding(severity, what, _how_to_get(tops), "missing_dependency", proven=proven, where=place, about=about)


def _modules_at_load(facts: Facts) -> Iterator[str]:
    yield from (module for module, _ in facts.names if module != "__main__")
    yield from facts.modules


def _brings_modules(facts: Facts) -> bool:
    return any(name == OWN_CODE or RUNS_CODE.fullmatch(name) for name in facts.calls)


def _how_to_get(tops: list[str]) -> str:
    known = [name for name in tops if is_library(name)]
    own = [name for name in tops if name not in known]
    fixes = []
    if own:
        names = ", ".join(own)
        first = f"import {names}, cloudpickle; "
        calls = "; ".join(f"cloudpickle.register_pickle_by_value({name})" for name in own)
        fixes.append(f"If {names} is your own file, run this before cloudpickle.dump: {first}{calls}.")
    if known:
        fixes.append(f"Do without {', '.join(known)}, or use an image that has it.")
    return " ".join(fixes)


def _script(facts: Facts, _environment: Environment) -> Iterator[Finding]:
    names = [name for module, name in facts.names if module == "__main__"]
    if names:
        what = f"It names {', '.join(names[:3])}, defined in its author's script: their code is not in the file."
        fix = "Save it with cloudpickle instead of pickle: cloudpickle.dump(predict, file) takes the code along."
        yield Finding("fails", what, fix, "load_failed", proven=not _brings_modules(facts))


def _gone(facts: Facts, environment: Environment) -> Iterator[Finding]:
    """Names and modules that the libraries here do not have any more, or not yet: first those that loading needs."""
    proven = not _brings_modules(facts)
    for module, name in (*facts.names, *((module, "") for module in facts.modules)):
        if module != "__main__" and environment.has(_top(module)) and environment.offers(module, name) is False:
            yield _lacks(environment, module, name, proven=proven)
    wary = _wary(facts)
    for use in facts.uses:
        if not use.guarded and _lacking(use, environment):
            found = _lacks(environment, use.module, use.name, proven=False, where=use.place)
            yield replace(found, severity="warning") if use.function in wary and not use.always else found


def _wary(facts: Facts) -> set[str]:
    """Functions that ask first what is there."""
    return {
        use.function for use in facts.uses if use.name in ("hasattr", "getattr", "find_spec", "__version__", "version")
    }


def _top(module: str) -> str:
    return module.partition(".")[0]


def _lacking(use: Use, environment: Environment) -> bool:
    if use.kind not in ("import", "attribute") or not use.module or not environment.has(_top(use.module)):
        return False
    if use.kind == "attribute" and not environment.has(use.module):
        return False  # an attribute of something else than a module
    return environment.offers(use.module, use.name) is False


def _lacks(environment: Environment, module: str, name: str, *, proven: bool, where: str = "") -> Finding:
    full = f"{module}.{name}" if name else module
    library = environment.distribution(module)
    version = environment.libraries.get(library, "")
    who = f"{library} {version}".strip() or f"Python {environment.python}"
    fix = _instead(full, where) or f"Install {who.replace(' ', '==')}, then train and save the model again."
    what = f"{full} does not exist in {who}."
    about = (name or module).rpartition(".")[2]
    return Finding("fails", what, fix, "dependency_mismatch", proven=proven, where=where, about=about)


def _instead(full: str, where: str) -> str:
    """What to write in one's own code; in what a library pickled there is nothing to write."""
    if not where:
        return ""
    successor = RENAMED.get(full)
    return f"Write {successor} instead." if successor else "Write what took its place, or use an image that has it."


def _room(facts: Facts, _environment: Environment) -> Iterator[Finding]:
    """What no environment gives to a model."""
    for want in facts.wants:
        if want.kind in NOWHERE:
            why, fix = NOWHERE[want.kind]
            yield Finding("warning", f"It uses {want.what}, but {why}.", fix, where=want.place)


OURS: tuple[Rule, ...] = (_python, _model, _missing, _script, _gone, _room)
