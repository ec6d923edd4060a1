from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import test_attacks
from conftest import MODELS, ROWS, Run, assert_verdict

from predict.job import MIB, Limits
from predict.sandbox.worker.accelerate.forest import LIBRARY

SOON = Limits(time=2)
SMALL = Limits(memory=400 * MIB)

# model, what its verdict's message must tell
SUCCESS = sorted(path.stem for path in MODELS.glob("good*.py") if path.stem not in test_attacks.SUCCESS)
FAILED = {
    "asks_for_old_features": ("model_raised", "KeyError: \"['feature_of_old', 'feature_older'] not in index\""),
    "raises": ("model_raised", "KeyError: 'no such column', at \""),
    "raises_base_exception": ("model_raised", "Stop: enough"),
    "raises_hostile_text": ("model_raised", "Hostile: <its __str__ raised ValueError>"),
    "raises_huge_text": ("model_raised", "ValueError: xxx"),
    "raises_keyboard_interrupt": ("model_raised", "KeyboardInterrupt"),
    "raises_forged_log": ("model_raised", r"\x1b[2J"),
    "raises_surrogate": ("model_raised", "ValueError: bad \\udc80 file"),
    "raises_hostile_class": ("model_raised", "Hostile: boo"),
    "raises_from_endless_file": ("model_raised", 'ValueError: boo, at "/dev/zero", line 1'),
    "raises_eof_at_load": ("load_failed", "EOFError: my own file ended"),
    "raises_at_load": ("load_failed", "ValueError: bad moon"),
    "sys_exit": ("exited_early", "called exit() while predicting"),
    "os_exit": ("exited_early", "exit code 0 while predicting"),
    "sys_exit_at_load": ("exited_early", "called exit() while loading"),
    "os_exit_at_load": ("exited_early", "exit code 0 while loading"),
    "forks_and_leaves": ("exited_early", "exit code 0 while predicting"),
    "segfaults": ("crashed", 'SIGSEGV while predicting, at "'),
    "aborts": ("crashed", 'SIGABRT while predicting, at "'),
    "alarm": ("crashed", "SIGALRM while predicting"),
    "one_big_array": ("out_of_memory", "while predicting"),
    "memory_error_at_load": ("out_of_memory", "while loading"),
    "forges_answer": ("bad_answer", "dtype"),
    "forges_acceleration": ("bad_answer", "Accelerated out of turn"),
    "forges_phases": ("bad_answer", "Phase out of turn"),
    "closes_everything": ("bad_answer", "closed the runner's channel"),
    "forges_dataset_error": ("bad_answer", "out of turn"),
    "forges_arrow": ("bad_answer", "cannot be read: it is not valid"),
    "announces_too_much": ("output_too_large", "64 MiB"),
    "needs_missing_module": ("missing_dependency", "'my_features'"),
    "needs_three_modules": ("missing_dependency", "'my_features', 'my_helpers', 'torch_geometric'"),
    "wants_much": ("model_raised", "urlopen"),
    "names_module_predict": ("missing_dependency", "'predict'"),
    "no_arguments": ("bad_signature", "no argument"),
    "three_arguments": ("bad_signature", "3 arguments (live_features, live_benchmark_models, meta_model)"),
    "needs_keyword": ("bad_signature", "'benchmarks'"),
    "not_callable": ("not_callable", "a dict"),
    "returns_none": ("not_a_dataframe", "None"),
    "returns_series": ("not_a_dataframe", "Series"),
    "returns_array": ("not_a_dataframe", "a numpy.ndarray"),
    "returns_no_rows": ("no_predictions", "no rows"),
    "returns_features": ("wrong_columns", "9 columns"),
    "returns_wrong_name": ("wrong_columns", "'pred'"),
    "returns_range_index": ("wrong_index", f"{ROWS} of {ROWS} live ids are missing"),
    "returns_half": ("wrong_index", f"{ROWS // 2} of {ROWS} live ids are missing"),
    "returns_nan": ("nan", "1 predictions are NaN"),
    "returns_out_of_range": ("out_of_range", "outside [0, 1]"),
    "returns_constant": ("constant", "0.5"),
    "returns_strings": ("not_numeric", "'high'"),
    "returns_everything_wrong": ("wrong_columns", "live ids are there more than once"),
    "replaces_the_reader": ("model_raised", "which is readable here: ValueError: mine now"),
    "returns_endless_number": ("bad_answer", "Exceeds the limit"),
    "renames_live_ids": ("wrong_index", "'mine_0'"),
}
LIMITED = {
    "loops": (SOON, "timeout", 'still predicting after 2 s, at "'),
    "loops_in_c": (SOON, "timeout", 'still predicting after 2 s, at "'),
    "loops_at_load": (SOON, "timeout", 'still loading the pickle after 2 s, at "'),
    "stops_itself": (SOON, "timeout", "still predicting after 2 s"),
    "eats_memory": (SMALL, "out_of_memory", "of 400 MiB while predicting"),
    "eats_memory_in_children": (SMALL, "out_of_memory", "of 400 MiB while predicting"),
    "nests_folders": (SOON, "disk_limit", "nested too deep"),
    "daemon_then_waits": (SOON, "timeout", "still predicting"),
    "prints_flood": (Limits(output=2 * MIB), "output_too_large", "printed more than 2 MiB"),
}
ERROR = {
    "breaks_the_reader": ("internal", "which is readable here"),
    "crashes_our_kernel": ("internal", "that accelerates LightGBM models crashed with SIGSEGV while predicting"),
    "kills_itself": ("killed_from_outside", "SIGKILL"),
}


def test_every_model_has_a_row() -> None:
    attacks = {*test_attacks.SUCCESS, *test_attacks.FAILED, *test_attacks.LIMITED, *test_attacks.ERROR}
    assert {path.stem for path in MODELS.glob("*.py")} == {*SUCCESS, *FAILED, *LIMITED, *ERROR, *attacks}


@pytest.mark.parametrize("name", SUCCESS)
def test_good_models_succeed(name: str, pickled: Callable[[str], Path], run: Run) -> None:
    report = run(pickled(name))
    assert_verdict(report, "Success", None)
    assert report.predictions is not None
    assert report.predictions.rows == ROWS


@pytest.mark.parametrize("name", FAILED)
def test_faults_of_the_model_are_shown_by_evidence(name: str, pickled: Callable[[str], Path], run: Run) -> None:
    reason, evidence = FAILED[name]
    report = run(pickled(name))
    assert_verdict(report, "Failed", reason)
    assert evidence in report.message
    assert report.hint


@pytest.mark.parametrize("name", LIMITED)
def test_broken_limits_are_the_models_fault(name: str, pickled: Callable[[str], Path], run: Run) -> None:
    limits, reason, evidence = LIMITED[name]
    report = run(pickled(name), limits=limits)
    assert_verdict(report, "Failed", reason)
    assert evidence in report.message


@pytest.mark.parametrize("name", ERROR)
def test_without_evidence_the_platform_is_blamed(name: str, pickled: Callable[[str], Path], run: Run) -> None:
    if "kernel" in name and not LIBRARY.exists():
        pytest.skip("the kernel is not compiled here")
    reason, evidence = ERROR[name]
    report = run(pickled(name))
    assert_verdict(report, "Error", reason)
    assert evidence in report.message
