"""`predict inspect`, as people type it."""

from __future__ import annotations

import json
import os
import subprocess  # noqa: TID251  the program, as people start it
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

PICKLES = Path(__file__).parent / "images" / "pickles"
HERE = "{}.{}".format(*sys.version_info[:2])
Pickled = Callable[[str], Path]


def inspect(*words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "predict", "inspect", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | variables)


def told(*words: str | Path) -> tuple[int, dict[str, Any]]:
    done = inspect(*words, "--json")
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("path", sorted(PICKLES.glob("*-good.pkl")), ids=lambda path: path.stem)
def test_who_made_it_where_it_runs_and_what_to_type(path: Path) -> None:
    made_by = path.name.partition("-")[0]
    code, found = told(path)
    assert code == found["exit_code"] == (0 if made_by == HERE else 1)
    assert found["facts"]["pythons"] == [made_by]
    verdicts = {image["environment"]: (image["findings"] or [{"severity": "runs"}])[0] for image in found["images"]}
    for image, finding in verdicts.items():
        if image.startswith(f"py{made_by}-"):
            assert finding["severity"] in ("runs", "warning")
        else:
            assert (finding["severity"], finding["reason"]) == ("fails", "python_mismatch"), image
    assert found["best"] == f"py{made_by}-core"
    assert f"numerai_predict_py_{made_by.replace('.', '_')}:core --model $PWD/{path.name}" in found["command"]


def test_the_table_says_the_same() -> None:
    path = next(path for path in PICKLES.glob("*-good.pkl") if not path.name.startswith(HERE))
    made_by = path.name.partition("-")[0]
    done = inspect(path)
    assert done.returncode == 1
    assert f"Python {made_by} (certain" in done.stdout
    assert f"Python {made_by} made it; Python {HERE}" in done.stdout
    assert f'docker run -i --rm -v "$PWD:$PWD" numerai_predict_py_{made_by.replace(".", "_")}:core' in done.stdout
    assert "\x1b" not in done.stdout, "colours are for terminals"


def test_the_exit_code_can_speak_of_an_image() -> None:
    path = PICKLES / "3.11-good.pkl"
    assert inspect(path, "--for", "py3.11-core").returncode == 0
    assert inspect(path, "--for", "py3.14-core").returncode == 1


@pytest.mark.parametrize(
    ("words", "problem"),
    [([], "required"), (["no.pkl"], "does not exist"), ([Path(__file__).parent], "is not a file")],
    ids=["nothing", "missing", "folder"],
)
def test_what_cannot_be_a_file_is_a_wrong_use(words: list[str], problem: str) -> None:
    done = inspect(*words)
    assert done.returncode == 2
    assert problem in done.stderr


def test_what_is_no_pickle_fails_and_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_text('{"learner": {}}')
    code, found = told(path)
    assert code == 1
    assert "JSON" in found["facts"]["unreadable"]
    assert "JSON" in inspect(path).stdout


def test_what_breaks_its_reader_cannot_be_told(tmp_path: Path) -> None:
    path = tmp_path / "deep.pkl"
    path.write_bytes(b"\x80\x02}N" + b"\x85" * 1_000_000 + b"Ns.")  # a tuple in a tuple ..., to be hashed
    code, found = told(path)
    assert code == 3
    assert found["facts"]["unreadable"] == "the process that read it crashed"


def test_what_loading_would_call_is_shown_and_not_called(tmp_path: Path) -> None:
    witness = tmp_path / "it_ran"

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {witness}",)

    path = tmp_path / "evil.pkl"
    path.write_bytes(cloudpickle.dumps(Evil()))
    _, found = told(path)
    assert found["facts"]["calls"] == ["posix.system"]
    assert "loading it calls posix.system" in inspect(path).stdout
    assert not witness.exists()


def test_what_the_room_does_not_give_is_shown_with_its_place(pickled: Pickled) -> None:
    _, found = told(pickled("wants_much"))
    wants = {(want[0], want[1]) for want in found["facts"]["wants"]}
    expected = {
        ("network", "urllib.request.urlopen"),
        ("process", "subprocess.run"),
        ("file", "open"),
        ("gpu", "'cuda'"),
    }
    assert expected <= wants
    assert all(want[4] for want in found["facts"]["wants"]), "each has a line"


def test_what_a_stranger_named_does_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "names.pkl"
    path.write_bytes(b"\x80\x04\x8c\x08a\x1b[31m[x\x8c\x05[red]\x93.")
    assert "\x1b" not in inspect(path, FORCE_COLOR="").stdout
    assert r"\x1b" in inspect(path).stdout
