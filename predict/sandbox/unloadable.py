"""Why a pickle did not load: from the exception that left the unpickler, and from what the file is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from predict.errors import ModelReason

from .messages import Failed

DAMAGED = {
    *("_pickle.UnpicklingError", "EOFError", "gzip.BadGzipFile", "zipfile.BadZipFile", "tarfile.ReadError"),
    *("_lzma.LZMAError", "zlib.error"),
}
SAVED_BY_NAME = (
    "Save it with cloudpickle instead of pickle: cloudpickle.dump(predict, file) takes the function's code along."
)
SYSTEM_LIBRARY = "Install it (libgomp1 on Debian, libomp on macOS), or run the model in its image."
DAMAGE = ("Invalid data stream", "ZSTD decompress failed")  # of bz2 and zstd, which raise a plain OSError


class Verdict(NamedTuple):
    """Reason, what happened, and what to do now where the reason's own hint does not say it."""

    reason: ModelReason
    message: str
    hint: str | None = None


def load_verdict(model: Path, failed: Failed, unreadable: str) -> Verdict:
    """Tell why; `load_failed` when the exception itself is all there is to tell.

    `unreadable` is what was said of the file before it was loaded, in a clause; nothing if it could be read.
    """
    verdict = None
    if not failed.inside:  # what the model's own code raises says nothing about the file
        verdict = _other_libraries(model, failed) or _other_python(model, failed)
        verdict = verdict or _not_a_pickle(model, failed, unreadable)
    return verdict or Verdict("load_failed", f"{model.name} did not load: {said(failed)}")


def missing(who: str, failed: Failed) -> Verdict | None:
    """Tell which module or system library is not installed, or is not in the version that is."""
    if "cannot open shared object file" in failed.text or "dlopen(" in failed.text:
        what = f"{who} needs a system library that is not installed: {failed.text}."
        return Verdict("missing_dependency", what, SYSTEM_LIBRARY)
    if "ModuleNotFoundError" not in failed.kinds or not failed.module:
        return None
    if "." in failed.module:
        return Verdict("dependency_mismatch", f"{who} needs {failed.module!r}, which the installed version lacks.")
    return Verdict("missing_dependency", f"{who} needs the module {failed.module!r}, which is not installed.")


def said(failed: Failed) -> str:
    """The exception in one line."""
    kind = failed.kinds[0].removeprefix("__main__.")
    return f"{kind}: {failed.text.rstrip('.')}" if failed.text else kind


def _other_libraries(model: Path, failed: Failed) -> Verdict | None:
    lacking = missing(model.name, failed)
    if lacking is not None and lacking.hint == SYSTEM_LIBRARY:
        return lacking
    if not all(part.isidentifier() for part in failed.module.split(".")) and failed.module:
        return None  # no pickle names such a module: it is a text that was read as a pickle
    by_name = any(kind.endswith(".NameGone") for kind in failed.kinds)
    if by_name and "__main__" in failed.text:
        named = f"{model.name} names what was defined in its author's script: {failed.text}."
        return Verdict("load_failed", named, SAVED_BY_NAME)
    if by_name or ("ImportError" in failed.kinds and "ModuleNotFoundError" not in failed.kinds):
        gone = f"{model.name} names something that the installed libraries do not have: {failed.text}."
        return Verdict("dependency_mismatch", gone)
    return lacking


def _other_python(model: Path, failed: Failed) -> Verdict | None:
    """The constructor of code objects takes other arguments in each Python, and tells nobody which."""
    code = "TypeError" in failed.kinds and failed.text.startswith(("code() ", "code expected "))
    if code or "unsupported pickle protocol" in failed.text:
        return Verdict("python_mismatch", f"Another version of Python made {model.name}: {failed.text}.")
    return None


def _not_a_pickle(model: Path, failed: Failed, unreadable: str) -> Verdict | None:
    if unreadable:
        error = "" if failed.text in unreadable else f" ({said(failed)})"
        return Verdict("invalid_pickle", f"{model.name} cannot be read: {unreadable}{error}.")
    if DAMAGED & set(failed.kinds) or any(words in failed.text for words in DAMAGE):
        return Verdict("invalid_pickle", f"{model.name} cannot be read as a pickle: {said(failed)}.")
    return None
