"""Why a pickle did not load: from the exception that left the unpickler, and from what the file is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from predict.errors import ModelReason

from .messages import Failed
from .sniff import describe_file

DAMAGED = {"UnpicklingError", "EOFError", "BadGzipFile", "BadZipFile", "LZMAError", "error"}  # zlib's is named error
SAVED_BY_NAME = (
    "Save it with cloudpickle instead of pickle: cloudpickle.dump(predict, file) takes the function's code along."
)


class Verdict(NamedTuple):
    """Reason, what happened, and what to do now where the reason's own hint does not say it."""

    reason: ModelReason
    message: str
    hint: str | None = None


def load_verdict(model: Path, failed: Failed) -> Verdict:
    """Tell why; `load_failed` when the exception itself is all there is to tell."""
    return (
        _not_a_pickle(model, failed)
        or _other_python(model, failed)
        or _other_libraries(model, failed)
        or Verdict("load_failed", f"{model.name} did not load: {failed.kinds[0]}: {failed.text}")
    )


def _not_a_pickle(model: Path, failed: Failed) -> Verdict | None:
    said = failed.text or failed.kinds[0]
    what = describe_file(model)
    if what is not None:
        return Verdict("invalid_pickle", f"{model.name} is {what}, not a pickle ({said}).")
    if DAMAGED & set(failed.kinds):
        return Verdict("invalid_pickle", f"{model.name} is not a whole pickle: {said}.")
    return None


def _other_python(model: Path, failed: Failed) -> Verdict | None:
    """The constructor of code objects takes other arguments in each Python, and tells nobody which."""
    code = "TypeError" in failed.kinds and failed.text.startswith("code") and "argument" in failed.text
    if code or "unsupported pickle protocol" in failed.text:
        return Verdict("python_mismatch", f"Another version of Python made {model.name}: {failed.text}.")
    return None


def _other_libraries(model: Path, failed: Failed) -> Verdict | None:
    if "ModuleNotFoundError" in failed.kinds and "." not in failed.module:
        return Verdict(
            "missing_dependency", f"{model.name} needs the module {failed.module!r}, which is not installed."
        )
    by_name = "NameGone" in failed.kinds
    if by_name and "__main__" in failed.text:
        named = f"{model.name} names what was defined in its author's script: {failed.text}."
        return Verdict("load_failed", named, SAVED_BY_NAME)
    if by_name or "ImportError" in failed.kinds:
        lacking = f"{model.name} names something that the installed libraries do not have: {failed.text}."
        return Verdict("dependency_mismatch", lacking)
    return None
