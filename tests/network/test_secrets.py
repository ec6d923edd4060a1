"""Presigned URLs, form fields and keys: nothing that the program says or leaves behind has any of them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess  # noqa: TID251  a test starts the program
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from conftest import check_report

from network import misbehaving as does
from network.misbehaving import Handler, Server, serving
from network.numerai import Double
from network.store import BUCKET, KEY, Store

CANARY = "SECRETCANARY"
# Escapes that urllib3 writes otherwise in its own log.
QUERY = f"X-Amz-Credential={CANARY}-id%2fday%5F&X-Amz-Signature={CANARY}-signature"
PROGRAM = """
import sys, numerapi.base_api
numerapi.base_api.API_TOURNAMENT_URL = sys.argv.pop(1)
{first}
from predict.__main__ import program
program()
"""


@pytest.fixture
def places() -> Iterator[dict[str, Server]]:
    """A server for each of what a run talks to."""
    with contextlib.ExitStack() as stack:
        names = ("model", "post", "put", "report", "status", "numerai")
        found = {name: stack.enter_context(serving()) for name in names}
        for server in found.values():
            server.will(does.say(200))
        found["numerai"].will(Double(found["numerai"]))
        yield found


@dataclass(frozen=True)
class Scene:
    """The program, with a secret in everything that can have one, and those whom it talks to."""

    places: dict[str, Server]
    output_dir: Path
    environment: dict[str, str]
    live: Path
    model: bytes

    def command(self, *words: str, first: str = "") -> list[str]:
        """What to type; the program does `first` before anything else."""
        url = {name: f"{server.url}/{name}.pkl?{QUERY}" for name, server in self.places.items()}
        post_data = urlencode({"key": "live.csv", "policy": f"{CANARY}-policy", "x": f"{CANARY}-field"})
        return [
            *(sys.executable, "-c", PROGRAM.format(first=first), self.places["numerai"].url),
            *("--debug", "--model", url["model"], "--post_url", url["post"], "--post_data", post_data),
            *("--put_url", url["put"], "--report_url", url["report"], "--status_url", url["status"]),
            *("--submit", "mine", "--dataset", str(self.live), "--output_dir", str(self.output_dir)),
            *("--events", str(self.output_dir / "events"), "--termination_log", str(self.output_dir / "termination")),
            *words,
        ]

    def run(self, *words: str, first: str = "") -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        command = self.command(*words, first=first)
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def produced(self, ended: subprocess.CompletedProcess[str]) -> str:
        """All that the program produced."""
        files = [path.read_text() for path in self.output_dir.iterdir() if path.suffix != ".pkl"]
        names = [path.name for path in self.output_dir.iterdir()]
        bodies = [asked.body.decode() for name in ("put", "report", "status") for asked in self.places[name].asked]
        return "\n".join([ended.stdout, ended.stderr, *files, *names, *bodies])


@pytest.fixture
def scene(places: dict[str, Server], live: Path, output_dir: Path, pickled: Callable[[str], Path]) -> Scene:
    keys = {"NUMERAI_PUBLIC_ID": f"{CANARY}-public", "NUMERAI_SECRET_KEY": f"{CANARY}-key"}
    (output_dir / "termination").touch()
    model = pickled("good").read_bytes()
    places["model"].will(does.say(200, model))
    return Scene(places, output_dir, os.environ | keys, live, model)


def echo(handler: Handler) -> None:
    """A server that says back what it was asked, as some do in their errors."""
    does.say(403, f"<Error><Code>No</Code><Message>{handler.path}</Message></Error>".encode())(handler)


def nothing(_: Scene) -> None:
    """Let all go well."""


def refusal(place: str) -> Callable[[Scene], None]:
    return lambda scene: scene.places[place].will(echo)


def redirects(scene: Scene) -> None:
    model, post = scene.places["model"], scene.places["post"]
    there = does.say(302, Location=f"{model.url}/there/model.pkl?token={CANARY}-of-the-redirect")
    model.will(there, does.say(200, scene.model))
    post.will(does.say(307, Location=f"{post.url}/?t={CANARY}-there"), does.say(204))


def cuts(scene: Scene) -> None:
    cut = does.say(200, scene.model[:9], length=len(scene.model))
    scene.places["model"].will(does.reset, does.say(503), cut, does.say(200, scene.model))


def gone(scene: Scene) -> None:
    scene.places["post"].server_close()


TROUBLES: dict[str, tuple[Callable[[Scene], None], str | None, tuple[str, ...]]] = {
    "none": (nothing, None, ()),
    "none, in JSON": (nothing, None, ("--log_format", "json")),
    "model": (refusal("model"), "model_unavailable", ()),
    "post": (refusal("post"), "upload_failed", ()),
    "put": (refusal("put"), "upload_failed", ()),
    "report": (refusal("report"), None, ()),
    "status": (refusal("status"), None, ()),
    "numerai": (refusal("numerai"), "upload_failed", ()),
    "redirects": (redirects, None, ()),
    "redirects, in JSON": (redirects, None, ("--log_format", "json")),
    "cuts": (cuts, None, ()),
    "gone": (gone, "upload_failed", ("--transfer_timeout", "2")),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_nothing_that_is_produced_has_a_secret(name: str, scene: Scene) -> None:
    trouble, reason, words = TROUBLES[name]
    trouble(scene)
    ended = scene.run(*words)
    report = json.loads(next(scene.output_dir.glob("*.json")).read_text())
    check_report(report)
    assert report["reason"] == reason, ended.stderr
    ways = [delivery["way"] for delivery in report["deliveries"]]
    assert ways == ["post", "put", "submit"] or reason
    assert "/model.pkl?" in ended.stderr, "urllib3's own log is there"
    assert CANARY not in scene.produced(ended)


def test_keys_of_an_object_store_are_not_logged_either(scene: Scene, store: Store) -> None:
    store.client.put_object(Bucket=BUCKET, Key="own.pkl", Body=scene.model)
    command = [word if "model.pkl" not in word else f"s3://{BUCKET}/own.pkl" for word in scene.command()]
    environment = scene.environment | store.environment
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert not any(secret in scene.produced(ended) for secret in (CANARY, KEY, "Signature="))


@pytest.fixture
def waiting(scene: Scene, pickled: Callable[[str], Path]) -> Iterator[psutil.Process]:
    """The program, in the middle of a model that never ends."""
    scene.places["model"].will(does.say(200, pickled("loops").read_bytes()))
    with subprocess.Popen(scene.command(), env=scene.environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Predicting on" in line:
                break
        yield psutil.Process(process.pid)
        process.terminate()
        process.stderr.read()


@pytest.mark.skipif("sys.platform != 'linux'", reason="where /proc is")
def test_no_process_shows_a_secret(waiting: psutil.Process) -> None:
    assert "--post_url" in waiting.cmdline()
    workers = waiting.children(recursive=True)
    assert len(workers) == 2
    for process in (waiting, *workers):
        for file in ("cmdline", "environ"):
            assert CANARY.encode() not in shown(process, file), (process, file)


def shown(process: psutil.Process, file: str) -> bytes:
    """What the kernel shows to the same user: of a guarded process only the command line."""
    try:
        return Path(f"/proc/{process.pid}/{file}").read_bytes()
    except PermissionError:
        assert file == "environ"
        return b""


@pytest.mark.skipif("sys.platform != 'linux' or os.geteuid()", reason="root alone reads a guarded process's memory")
def test_no_secret_is_in_the_memory_of_keeper_and_worker(waiting: psutil.Process) -> None:
    assert remembers(waiting.pid)
    for worker in waiting.children(recursive=True):
        assert not remembers(worker.pid)


def remembers(pid: int) -> bool:
    """Whether a secret is in what a process may write to."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as file:
        for start, end in re.findall(r"^(\w+)-(\w+) rw", Path(f"/proc/{pid}/maps").read_text(), re.MULTILINE):
            file.seek(int(start, 16))
            if CANARY.encode() in (file.read(int(end, 16) - int(start, 16)) or b""):
                return True
    return False


BREAKS = """
import {module}
def {name}(job):
    raise LookupError(job.model)
{module}.{name} = {name}
"""


@pytest.mark.parametrize(("module", "name"), [("predict.runner", "fetch_model"), ("predict.cli", "run")])
def test_what_is_unforeseen_has_no_secret_either(module: str, name: str, scene: Scene) -> None:
    ended = scene.run(first=BREAKS.format(module=module, name=name))
    assert (ended.returncode, "LookupError" in ended.stderr) == (3, True)
    assert CANARY not in scene.produced(ended)
