"""The command line as people type it."""

from __future__ import annotations

import json
import os
import re
import subprocess  # noqa: TID251  a test starts the program
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from conftest import ROWS, check_report

from predict.spared import ARROW_WITHOUT_NUMPY

Pickled = Callable[[str], Path]
SECRET = "SECRETCANARY"
NOBODY = f"HTTPS://user:{SECRET}@127.0.0.1:9"  # nobody listens there
ODD = b"/caf\xe9" if sys.platform == "linux" else "/caf\xe9".encode()  # macOS refuses names that are not UTF-8


@pytest.fixture
def output_dir(tmp_path: Path) -> Path:
    path = tmp_path / "output"
    path.mkdir()
    return path


@pytest.fixture
def cli(live: Path, output_dir: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the program, with a dataset and an output folder unless the test names its own."""

    def call(
        *words: object, start: tuple[str, ...] = ("-m", "predict"), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        named = " ".join(map(str, words))
        more = [] if "--da" in named else ["--dataset", live]
        more += [] if "--o" in named else ["--output_dir", output_dir]
        program = [sys.executable, *start, *map(str, [*words, *more])]
        return subprocess.run(program, env=os.environ | environment, capture_output=True, text=True, check=False)

    return call


Cli = Callable[..., subprocess.CompletedProcess[str]]


def _report(folder: Path) -> dict[str, object]:
    report: dict[str, object] = json.loads(next(folder.glob("live_predictions-*.json")).read_text())
    check_report(report)
    return report


def test_success_is_0_with_csv_report_and_the_originals_log_lines(
    cli: Cli, pickled: Pickled, output_dir: Path, live: Path, live_frame: pd.DataFrame
) -> None:
    model = pickled("good")
    ended = cli("--model", model)
    csv = next(output_dir.glob("live_predictions-*.csv"))
    assert ended.returncode == 0
    assert ended.stdout == ""
    assert re.fullmatch(r"live_predictions-[0-9a-f]{12}\.csv", csv.name)
    expected = live_frame.mean(axis=1, numeric_only=True).rank(pct=True).to_frame("prediction")
    assert csv.read_bytes() == expected.to_csv().encode()
    version = ".".join(map(str, sys.version_info[:2]))
    for line in (
        rf"Running numerai-predict:\S+ - Python {re.escape(version)}",
        f"Loading model {re.escape(str(model))}",
        f"Using local {re.escape(str(live))} for live data",
        f"Loading live features {re.escape(str(live))}",
        f"Predicting on {ROWS} rows of live features",
        f"Generated {ROWS} predictions",
        f"Saving predictions to {re.escape(str(csv))}",
    ):
        assert re.search(f"^INFO:root:{line}$", ended.stderr, re.MULTILINE), line
    assert _report(output_dir)["status"] == "Success"
    assert sorted(path.suffix for path in output_dir.iterdir()) == [".csv", ".json"]


@pytest.mark.parametrize("start", [("-m", "predict"), ("-m", "predict", "run")])
def test_run_is_the_default_command(start: tuple[str, ...], cli: Cli, pickled: Pickled) -> None:
    assert cli("--model", pickled("good"), start=start).returncode == 0


def test_the_supervisor_imports_no_library_but_arrow(cli: Cli, pickled: Pickled) -> None:
    ended = cli("--model", pickled("good"), start=("-X", "importtime", "-m", "predict"))
    lines = [line for line in ended.stderr.splitlines() if line.startswith("import time:")]
    imported = {line.rpartition("|")[2].strip() for line in lines}
    assert ended.returncode == 0
    assert "pyarrow.lib" in imported
    old = int(pa.__version__.partition(".")[0]) < ARROW_WITHOUT_NUMPY
    assert imported & {"numpy", "pandas", "cloudpickle", "sklearn"} <= ({"numpy"} if old else set())


def test_the_console_script_is_the_same_program(live: Path, pickled: Pickled, output_dir: Path) -> None:
    script = Path(sys.executable).with_name("predict")
    words = ["--model", pickled("raises"), "--dataset", live, "--output_dir", output_dir]
    assert subprocess.run([script, *map(str, words)], capture_output=True, check=False).returncode == 1


def test_failure_is_1_with_evidence_and_the_way_to_debug(cli: Cli, pickled: Pickled, output_dir: Path) -> None:
    ended = cli("--model", pickled("raises"), GIT_REF="v9")
    assert ended.returncode == 1
    assert "ERROR:root:Failed (model_raised): The model raised KeyError: 'no such column'" in ended.stderr
    image = f"numerai_predict_py_{sys.version_info[0]}_{sys.version_info[1]}:v9"
    assert f'docker run -i --rm -v "$PWD:$PWD" {image} --debug --model $PWD/raises.pkl' in ended.stderr
    assert not list(output_dir.glob("*.csv"))
    assert _report(output_dir)["exit_code"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ["--output-dir={out}", "--da", "{live}", "--mod", "{model}"],
        ["--o", "{out}", "--dataset", "{live}", "--m={model}", "--de"],
        ["--model", "{model}", "--dataset={live}", "--output_dir", "{out}", "--time-limit", "60", "--memory-limit=1GB"],
    ],
)
def test_hyphens_and_prefixes_work_as_before(
    words: list[str], cli: Cli, pickled: Pickled, live: Path, output_dir: Path
) -> None:
    filled = [word.format(out=output_dir, live=live, model=pickled("good")) for word in words]
    assert cli(*filled).returncode == 0


def test_every_flag_can_come_from_the_environment_and_the_flag_wins(cli: Cli, pickled: Pickled, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    environment = {"PREDICT_MODEL": str(pickled("good")), "PREDICT_REPORT": str(report), "PREDICT_TIME_LIMIT": "77"}
    environment["PREDICT_ACCELERATE"] = "off"
    assert cli(**environment, PREDICT_OUTPUT_DIR="/nowhere", PREDICT_DEBUG="1").returncode == 0
    told = json.loads(report.read_text())
    assert {limit["name"]: limit["value"] for limit in told["limits"]}["time"] == 77
    assert told["acceleration"]["mode"] == "off"


NOWHERE: dict[str, tuple[list[str], str]] = {
    "no model": ([], "--model"),
    "missing model": (["--model", "{tmp}/nowhere.pkl"], "nowhere.pkl does not exist"),
    "model is a folder": (["--model", "{tmp}"], "is not a file"),
    "missing dataset": (["--model", "{model}", "--dataset", "{tmp}/live.parquet"], "live.parquet does not exist"),
    "missing folder": (["--model", "{model}", "--output_dir", "{tmp}/nowhere"], "is not an existing folder"),
    "report nowhere": (["--model", "{model}", "--report", "{tmp}/nowhere/r.json"], "cannot be written"),
    "url without data": (["--model", "{model}", "--post_url", f"http://x/?{SECRET}"], "--post_url needs --post_data"),
    "data without url": (["--model", "{model}", "--post_data", f"key={SECRET}"], "--post_data needs --post_url"),
    "data is no form": (["--model", "{model}", "--post_url", "http://x/", "--post_data", SECRET], "url-encoded"),
    "no memory": (["--model", "{model}", "--memory_limit", "0"], "at least 256 MiB"),
    "odd memory": (["--model", "{model}", "--memory_limit", "lots"], "4GiB"),
    "negative time": (["--model", "{model}", "--time_limit", "-1"], "above 0"),
    "endless time": (["--model", "{model}", "--time_limit", "inf"], "above 0"),
    "time in words": (["--model", "{model}", "--time_limit", "soon"], "--time_limit"),
    "empty model": (["--model", ""], "is not a file"),
    "odd log": (["--model", "{model}", "--log_format", "xml"], "must be text or json"),
    "too much memory": (["--model", "{model}", "--memory_limit", "9999999TiB"], "no more than any machine has"),
    "odd acceleration": (["--model", "{model}", "--accelerate", "on"], "must be auto or off"),
    "ambiguous flag": (["--model", "{model}", f"--post=https://x/?{SECRET}"], "ambiguous option: --post=…"),
    "stray words": (["--model", "{model}", f"-{SECRET}", SECRET], "unknown: an argument without a flag"),
    "mistyped flag": (["--model", "{model}", "--pots_data", f"key={SECRET}"], "unknown: --pots_data"),
    "mistyped flag with value": (["--model", "{model}", f"--pots_data=key={SECRET}"], "unknown: --pots_data"),
}


@pytest.mark.parametrize("kind", NOWHERE)
def test_a_wrong_command_line_is_2_and_runs_nothing(
    kind: str, cli: Cli, pickled: Pickled, tmp_path: Path, output_dir: Path
) -> None:
    words, evidence = NOWHERE[kind]
    ended = cli(*(word.format(model=pickled("good"), tmp=tmp_path) for word in words))
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert evidence in ended.stderr
    assert SECRET not in ended.stderr
    assert not list(output_dir.iterdir())


@pytest.mark.parametrize(
    ("text", "size"),
    [("1GiB", 2**30), ("1GB", 10**9), ("1g", 2**30), ("512m", 2**29), ("0.5 GiB", 2**29), ("1073741824", 2**30)],
)
def test_sizes_are_understood_as_people_mean_them(
    text: str, size: int, cli: Cli, pickled: Pickled, output_dir: Path
) -> None:
    assert cli("--model", pickled("good"), "--memory_limit", text).returncode == 0
    limits = _report(output_dir)["limits"]
    assert isinstance(limits, list)
    assert next(limit["value"] for limit in limits if limit["name"] == "memory") == size


def test_json_log_is_one_object_a_line(cli: Cli, pickled: Pickled) -> None:
    ended = cli("--model", pickled("raises"), "--log_format", "json", "--debug")
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert {"time", "level", "message"} == set(lines[0])
    assert any("docker run" in line["message"] for line in lines)


def test_events_tell_statuses_and_phases_while_they_happen(cli: Cli, pickled: Pickled, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    cli("--model", pickled("good"), "--events", events)
    told = [json.loads(line) for line in events.read_text().splitlines()]
    assert [event["status"] for event in told if event["event"] == "status"] == [
        *("Pending", "Running", "Validating", "Success")
    ]
    assert [event["phase"] for event in told if event["event"] == "phase"] == [
        *("load", "read", "call", "answer", "check", "write")
    ]


def test_events_that_nobody_reads_do_not_hold_the_run(cli: Cli, pickled: Pickled, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    ended = cli("--model", pickled("good"), "--events", pipe)
    assert ended.returncode == 0
    assert "WARNING:root:Cannot write events" in ended.stderr


def test_the_platforms_wording_stands_beside_ours(cli: Cli, pickled: Pickled) -> None:
    lines = cli("--model", pickled("returns_everything_wrong")).stderr.splitlines()
    said = [line for line in lines if line.startswith("ERROR:root:The platform says: invalid_submission_")]
    assert len(said) == 5


def test_the_verdict_goes_to_kubernetes_where_it_looks_for_it(cli: Cli, pickled: Pickled, tmp_path: Path) -> None:
    there, nowhere = tmp_path / "termination-log", tmp_path / "nowhere"
    there.touch()
    cli("--model", pickled("returns_none"), "--termination_log", there)
    cli("--model", pickled("returns_none"), "--termination_log", nowhere)
    assert there.read_text().startswith("Failed (not_a_dataframe): The model returned None")
    assert "\n" not in there.read_text()
    assert not nowhere.exists()


@pytest.mark.parametrize("name", ["raises_forged_log", "good_prints"])
def test_a_model_cannot_write_a_log_line_of_ours(name: str, cli: Cli, pickled: Pickled) -> None:
    ended = cli("--model", pickled(name))
    assert "\x1b" not in ended.stderr
    assert "forged" in ended.stderr
    assert not re.search(
        r"^(ERROR:root:forged|INFO:root:Saving predictions to /tmp/forged)", ended.stderr, re.MULTILINE
    )


def test_what_a_model_prints_is_logged_by_line_and_stream(cli: Cli, pickled: Pickled) -> None:
    lines = cli("--model", pickled("good_prints")).stderr.splitlines()
    assert "INFO:root:model stdout: hello" in lines
    assert "INFO:root:model stderr: to stderr" in lines


def test_a_full_disk_is_the_platforms_fault_and_leaves_no_half_file(
    cli: Cli, pickled: Pickled, output_dir: Path
) -> None:
    code = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)); {exec}"
    start = ("-c", code.format(exec="os.execv(sys.argv[1], sys.argv[1:])"), sys.executable, "-m", "predict")
    ended = cli("--model", pickled("good"), start=start)
    assert ended.returncode == 3
    assert "ERROR:root:Error (internal): The predictions are good, but cannot be written" in ended.stderr
    assert "File too large" in ended.stderr
    assert not list(output_dir.iterdir())


@pytest.mark.parametrize(
    "url", [f"http:{SECRET}", f"http://[{SECRET}]/", f"http://h:{SECRET}/x", f"http://u:{SECRET}@h\u2100/"]
)
def test_nothing_of_a_malformed_url_is_shown(url: str, cli: Cli, output_dir: Path) -> None:
    ended = cli("--model", url, "--debug")
    assert ended.returncode == 3
    assert "a malformed URL" in ended.stderr
    assert SECRET not in ended.stderr + json.dumps(_report(output_dir))


def test_odd_paths_run_and_forge_nothing(cli: Cli, pickled: Pickled, tmp_path: Path) -> None:
    model = pickled("raises").rename(os.fsdecode(os.fsencode(tmp_path) + ODD + b"\nINFO:root:forged \x1b[2J.pkl"))
    report = tmp_path / "report.json"
    ended = cli("--model", model, "--report", report)
    assert ended.returncode == 1
    assert "\x1b" not in ended.stderr
    assert "\nINFO:root:forged" not in ended.stderr
    assert json.loads(report.read_text())["reason"] == "model_raised"


def test_a_report_takes_the_place_of_one_that_cannot_be_written(cli: Cli, pickled: Pickled, tmp_path: Path) -> None:
    """As that of another user, in a folder of ours."""
    report = tmp_path / "report.json"
    report.touch(mode=0o444)
    assert cli("--model", pickled("good"), "--report", report).returncode == 0
    assert json.loads(report.read_text())["status"] == "Success"


def test_a_report_can_go_to_standard_output(cli: Cli, pickled: Pickled) -> None:
    ended = cli("--model", pickled("good"), "--report", "/dev/stdout")
    assert json.loads(ended.stdout)["status"] == "Success"


@pytest.mark.parametrize("closed", [(0, 1), (1, 2), (0, 1, 2)])
def test_closed_standard_streams_do_not_matter(
    closed: tuple[int, ...], cli: Cli, pickled: Pickled, output_dir: Path
) -> None:
    code = "import os, sys\nfor number in {}: os.close(number)\nos.execv(sys.argv[1], sys.argv[1:])"
    ended = cli("--model", pickled("good"), start=("-c", code.format(closed), sys.executable, "-m", "predict"))
    assert (ended.returncode, _report(output_dir)["status"]) == (0, "Success")


def test_a_parent_that_ignores_its_children_does_not_matter(cli: Cli, pickled: Pickled) -> None:
    code = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    assert cli("--model", pickled("good"), start=("-c", code, sys.executable, "-m", "predict")).returncode == 0


def test_an_upload_that_cannot_be_made_keeps_the_predictions(cli: Cli, pickled: Pickled, output_dir: Path) -> None:
    words = ["--post_url", f"{NOBODY}/?signature={SECRET}", "--post_data", f"key={SECRET}", "--transfer_timeout", "0.2"]
    ended = cli("--model", pickled("good"), "--debug", *words)
    report = _report(output_dir)
    assert (ended.returncode, report["reason"]) == (3, "upload_failed")
    assert len(list(output_dir.glob("*.csv"))) == 1
    assert SECRET not in ended.stderr
    assert SECRET not in json.dumps(report)


def test_a_model_by_url_is_unavailable_and_its_query_never_shown(cli: Cli, output_dir: Path) -> None:
    ended = cli("--model", f"{NOBODY}/model.pkl?signature={SECRET}", "--debug", "--transfer_timeout", "0.2")
    report = _report(output_dir)
    assert (ended.returncode, report["reason"]) == (3, "model_unavailable")
    assert "Downloading model https://127.0.0.1:9/model.pkl" in ended.stderr
    assert SECRET not in ended.stderr
    assert SECRET not in json.dumps(report)


def test_help_and_version_say_what_this_is(cli: Cli) -> None:
    assert "--memory_limit" in cli("--help").stdout
    assert re.match(r"numerai-predict \d", cli("--version").stdout)
