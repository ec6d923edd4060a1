"""What is read of a pickle before it is loaded: it ends a run that is in vain, and explains one that failed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, assert_verdict

from predict.job import MIB, Limits

PICKLES = Path(__file__).parent / "images" / "pickles"
HERE = "{}.{}".format(*sys.version_info[:2])
OTHERS = sorted(path for path in PICKLES.glob("*-closure.pkl") if not path.name.startswith(f"{HERE}-"))
Pickled = Callable[[str], Path]


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_a_pickle_of_another_python_is_not_loaded(path: Path, run: Run) -> None:
    made_by = path.name.partition("-")[0]
    report = run(path)
    assert_verdict(report, "Failed", "python_mismatch")
    assert f"Python {made_by} made it; Python {HERE}" in report.message
    assert f"numerai_predict_py_{made_by.replace('.', '_')}:core" in (report.hint or "")
    assert report.made_by is not None
    assert report.made_by.pythons == [made_by]
    assert "load" not in report.timings


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_whoever_loads_it_nevertheless_is_told_why_it_failed(path: Path, run: Run) -> None:
    report = run(path, preflight=False)
    assert_verdict(report, "Failed", "python_mismatch")
    assert "load" in report.timings
    assert f"Python {path.name.partition('-')[0]} made it" in report.message


def test_a_pickle_of_this_python_is_told_so(pickled: Pickled, run: Run) -> None:
    report = run(pickled("good"))
    assert_verdict(report, "Success", None)
    assert report.made_by is not None
    assert report.made_by.pythons == [HERE]
    assert report.made_by.libraries["cloudpickle"] == ">=3"


def test_all_missing_modules_are_told_at_once(pickled: Pickled, run: Run) -> None:
    report = run(pickled("needs_three_modules"))
    assert_verdict(report, "Failed", "missing_dependency")
    assert "'my_features', 'my_helpers', 'torch_geometric'" in report.message
    assert "cloudpickle.register_pickle_by_value(my_features)" in (report.hint or "")
    assert "load" not in report.timings


def test_a_module_that_may_never_be_imported_ends_no_run(pickled: Pickled, run: Run) -> None:
    assert_verdict(run(pickled("good_may_import")), "Success", None)


def test_a_module_that_the_pickle_brings_along_ends_no_run(pickled: Pickled, run: Run) -> None:
    assert_verdict(run(pickled("good_brings_a_module")), "Success", None)


def test_a_crash_of_this_python_is_not_blamed_on_versions(pickled: Pickled, run: Run) -> None:
    report = run(pickled("segfaults"))
    assert_verdict(report, "Failed", "crashed")
    assert "made" not in (report.hint or "")


def test_what_a_library_says_of_versions_becomes_a_warning(pickled: Pickled, run: Run) -> None:
    report = run(pickled("good_of_another_sklearn"))
    assert_verdict(report, "Success", None)
    said = [warning for warning in report.warnings if "Trying to unpickle estimator" in warning]
    assert len(said) == 1
    assert any("scikit-learn 0.24.2 made it" in warning for warning in report.warnings)


def test_a_file_that_is_no_pickle_is_told_what_it_is(pickled: Pickled, tmp_path: Path, run: Run) -> None:
    page = tmp_path / "page.pkl"
    page.write_text("<!DOCTYPE html><title>Sign in</title>")
    for path, what in ((page, "an HTML page"), (pickled("pickle_truncated"), "cut off")):
        report = run(path)
        assert_verdict(report, "Failed", "invalid_pickle")
        assert what in report.message
        assert report.made_by is not None
        assert what in (report.made_by.unreadable or "")


def test_nothing_of_the_pickle_runs_before_the_verdict(
    tmp_path: Path, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "evil.pkl"
    prints = b"cbuiltins\nprint\n(S'it ran'\ntR0"
    with caplog.at_level("INFO"):
        path.write_bytes(prints + b"N.")
        assert_verdict(run(path), "Failed", "not_callable")
        assert "it ran" in caplog.text, "as it does where nothing forbids it"
        caplog.clear()
        path.write_bytes(prints + b"cno_such_module\nname\n.")
        assert_verdict(run(path), "Failed", "missing_dependency")
    assert "it ran" not in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit does not hold")
def test_what_takes_too_much_memory_to_read_is_loaded_all_the_same(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "texts.pkl"
    path.write_bytes(b"\x80\x04](" + b"\x8c\x02ab" * 2**23 + b"e.")  # each takes 51 bytes; reading may take half
    report = run(path, limits=Limits(memory=640 * MIB))
    assert (report.status, "load" in report.timings) == ("Failed", True)
    assert report.made_by is not None
    assert report.made_by.unreadable in {"it needs more memory than there is", "the process that read it crashed"}
