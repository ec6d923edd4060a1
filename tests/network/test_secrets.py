"""Presigned URLs, form fields and keys: nothing that the program says or leaves behind has any of them."""

from __future__ import annotations

import json
import os
import re
import subprocess  # noqa: TID251  a test starts the program
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest
from conftest import check_report

from network import misbehaving as does
from network.misbehaving import Act, Handler, Server, serving
from network.numerai import Double

Pickled = Callable[[str], Path]
CANARY = "SECRETCANARY"
QUERY = f"X-Amz-Credential={CANARY}-id%2Fday&X-Amz-Signature={CANARY}-signature"
PROGRAM = """
import sys, numerapi.base_api
numerapi.base_api.API_TOURNAMENT_URL = sys.argv.pop(1)
from predict.__main__ import program
program()
"""


class Told(Server):
    """Everything that came to a server of ours, but what is secret there by its purpose."""


@pytest.fixture
def places() -> Iterator[dict[str, Server]]:
    """A server for each of what a run talks to."""
    with serving() as model, serving() as post, serving() as put, serving() as report, serving() as status:
        with serving() as numerai:
            found = {"model": model, "post": post, "put": put, "report": report, "status": status, "numerai": numerai}
            for server in found.values():
                server.will(does.say(200))
            numerai.will(Double(numerai))
            yield found


def command(places: dict[str, Server], live: Path, output_dir: Path, *words: str) -> list[str]:
    """The program, with a secret in everything that can have one."""
    url = {name: f"{server.url}/{name}.pkl?{QUERY}" for name, server in places.items()}
    post_data = urlencode({"key": "live.csv", "policy": f"{CANARY}-policy", "x": f"{CANARY}-field"})
    return [
        *(sys.executable, "-c", PROGRAM, places["numerai"].url),
        *("--debug", "--model", url["model"], "--post_url", url["post"], "--post_data", post_data),
        *("--put_url", url["put"], "--report_url", url["report"], "--status_url", url["status"], "--submit", "mine"),
        *("--dataset", str(live), "--output_dir", str(output_dir), "--events", str(output_dir / "events")),
        *("--termination_log", str(output_dir / "termination"), *words),
    ]


@pytest.fixture
def environment() -> dict[str, str]:
    keys = {"NUMERAI_PUBLIC_ID": f"{CANARY}-public", "NUMERAI_SECRET_KEY": f"{CANARY}-key"}
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return plain | keys


def produced(ended: subprocess.CompletedProcess[str], output_dir: Path, places: dict[str, Server]) -> str:
    """All that the program produced."""
    files = [path.read_text() for path in output_dir.iterdir() if path.suffix != ".pkl"]
    names = [path.name for path in output_dir.iterdir()]
    bodies = [asked.body.decode() for name in ("put", "report", "status") for asked in places[name].asked]
    return "\n".join([ended.stdout, ended.stderr, *files, *names, *bodies])


def echo(handler: Handler) -> None:
    """A server that says back what it was asked, as some do in their errors."""
    does.say(403, f"<Error><Code>No</Code><Message>{handler.path}</Message></Error>".encode())(handler)


def redirected(target: str) -> Act:
    return does.say(302, Location=f"{target}?token={CANARY}-of-the-redirect")


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("trouble", ["none", "model", "post", "put", "report", "status", "numerai", "redirect", "cut", "gone"])
def test_nothing_that_is_produced_has_a_secret(
    trouble: str, log_format: str, places: dict[str, Server], live: Path, output_dir: Path, environment: dict[str, str], pickled: Pickled
) -> None:
    if trouble not in ("none", "redirect") and log_format == "json":
        pytest.skip("the form of the log makes no difference to what is logged")
    model = pickled("good").read_bytes()
    (output_dir / "termination").touch()
    places["model"].will(does.say(200, model))
    if trouble in places:
        places[trouble].will(echo)
    elif trouble == "redirect":
        places["model"].will(redirected(f"{places['model'].url}/there/model.pkl"), does.say(200, model))
        places["post"].will(does.say(307, Location=f"{places['post'].url}/?t={CANARY}-there"), does.say(204))
    elif trouble == "cut":
        places["model"].will(does.reset, does.say(503), does.say(200, model[:9], length=len(model)), does.say(200, model))
    words = command(places, live, output_dir, "--log_format", log_format, "--transfer_timeout", "5")
    if trouble == "gone":
        places["post"].shutdown()
        places["post"].socket.close()
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    report = json.loads(next(output_dir.glob("*.json")).read_text())
    check_report(report)
    expected = {"model": "model_unavailable", **dict.fromkeys(("post", "put", "numerai", "gone"), "upload_failed")}
    assert report["reason"] == expected.get(trouble), ended.stderr
    assert CANARY not in produced(ended, output_dir, places)
    if trouble == "none":
        assert [delivery["way"] for delivery in report["deliveries"]] == ["post", "put", "submit"]


@pytest.fixture
def waiting(
    places: dict[str, Server], live: Path, output_dir: Path, environment: dict[str, str], pickled: Pickled
) -> Iterator[subprocess.Popen[str]]:
    """The program, in the middle of a model that never ends."""
    places["model"].will(does.say(200, pickled("loops").read_bytes()))
    words = command(places, live, output_dir)
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Predicting on" in line:
                break
        yield process
        process.terminate()
        process.stderr.read()


@pytest.mark.skipif("sys.platform != 'linux'", reason="where /proc is")
def test_no_process_shows_a_secret(waiting: subprocess.Popen[str]) -> None:
    program = psutil.Process(waiting.pid)
    workers = program.children(recursive=True)
    assert len(workers) == 2
    shown = {file: Path(f"/proc/{program.pid}/{file}").read_bytes() for file in ("cmdline", "environ")}
    assert b"--post_url" in shown["cmdline"]
    for process in (program, *workers):
        for file in ("cmdline", "environ"):
            assert CANARY.encode() not in Path(f"/proc/{process.pid}/{file}").read_bytes(), (process, file)


@pytest.mark.skipif("sys.platform != 'linux' or os.geteuid() != 0", reason="root alone reads a guarded process's memory")
def test_no_secret_is_in_the_memory_of_keeper_and_worker(waiting: subprocess.Popen[str]) -> None:
    assert CANARY.encode() in memory(waiting.pid)
    for worker in psutil.Process(waiting.pid).children(recursive=True):
        assert CANARY.encode() not in memory(worker.pid)


def memory(pid: int) -> bytes:
    """All that a process may write to."""
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            start, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()  # type: ignore[union-attr]  the kernel's form
            if "rw" in rights:
                file.seek(int(start, 16))
                found.append(file.read(int(end, 16) - int(start, 16)) or b"")
    return b"".join(found)


def test_what_is_unforeseen_has_no_secret_either(
    places: dict[str, Server], live: Path, output_dir: Path, environment: dict[str, str], pickled: Pickled
) -> None:
    words = command(places, live, output_dir)
    breaks = "import predict.fetch as f, predict.runner as r\ndef fetch_model(job): raise LookupError(job.model)\nr.fetch_model = fetch_model\n"
    words[2] = words[2].replace("from predict.__main__", f"{breaks}from predict.__main__")
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert "LookupError" in ended.stderr
    assert CANARY not in produced(ended, output_dir, places)


def test_nor_has_what_breaks_outside_of_the_run(
    places: dict[str, Server], live: Path, output_dir: Path, environment: dict[str, str]
) -> None:
    words = command(places, live, output_dir)
    breaks = "import predict.cli as c\ndef run(job): raise LookupError(job.model)\nc.run = run\n"
    words[2] = words[2].replace("from predict.__main__", f"{breaks}from predict.__main__")
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, "LookupError" in ended.stderr) == (3, True)
    assert CANARY not in ended.stderr
