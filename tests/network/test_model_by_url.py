"""A model by URL: each fault of a network, and what becomes of the run."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, assert_verdict

from network import misbehaving as does
from network.misbehaving import Act, Server, Waits, serving
from network.store import BUCKET, Store
from predict.errors import PlatformError
from predict.fetch import Fetched, fetch_model
from predict.job import Job, Limits

BODY = os.urandom(300_000)
SECRET = "SECRETCANARY"
TIMES = 10


@dataclass(frozen=True)
class Fault:
    """What the server does; what is said of it, after how many requests; nothing said means that the model is there."""

    acts: list[Act]
    said: str | None = None
    requests: int = 1
    transfer: float = 300.0
    most: int = 2**33


XML = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
GZIP = gzip.compress(BODY)
good = does.say(200, BODY)
FAULTS: dict[str, Fault] = {
    "none": Fault([good]),
    "a reset connection": Fault([does.reset, good], requests=2),
    "a body that is cut": Fault([does.say(200, BODY[:1000], length=len(BODY)), good], requests=2),
    "a body that is cut each time": Fault(
        [does.say(200, BODY[:1000], length=len(BODY))], "broke off before the end (10 attempts", TIMES
    ),
    "a chunk that is cut": Fault([does.chunked(BODY, whole=False), does.chunked(BODY)], requests=2),
    "408": Fault([does.say(408), good], requests=2),
    "425": Fault([does.say(425), good], requests=2),
    "429, for a while": Fault([does.say(429, Retry_After="2"), good], requests=2),
    "429, for too long": Fault([does.say(429, Retry_After="86400")], "answered 429 Too Many Requests (1 attempt"),
    "500s": Fault([does.say(500), does.say(502), does.say(503), does.say(504), good], requests=5),
    "500 for ever": Fault([does.say(500, b"oh no")], "answered 500 Internal Server Error: oh no (10 attempts", TIMES),
    "403": Fault([does.say(403, XML)], "answered 403 Forbidden: AccessDenied: Request has expired."),
    "404": Fault([does.say(404, b"{'no': 'json'")], "answered 404 Not Found: {'no': 'json'."),
    "404 in JSON": Fault([does.say(404, b'{"errors": [{"message": "gone"}]}')], "answered 404 Not Found: gone."),
    "404 as a page": Fault([does.say(404, b"<html><title>Not\nhere</title>")], "answered 404 Not Found: Not here."),
    "gzip": Fault([does.say(200, GZIP, Content_Encoding="gzip")]),
    "gzip that is none": Fault([does.say(200, BODY, Content_Encoding="gzip")], "does not decode", TIMES),
    "an encoding that nobody knows": Fault(
        [does.say(200, BODY, Content_Encoding="compress")], "Content-Encoding compress, which cannot be decoded here"
    ),
    "an encoding that is none": Fault([does.say(200, BODY, Content_Encoding="binary")]),
    "gzip that is cut": Fault(
        [does.say(200, GZIP[:9000], length=len(GZIP), Content_Encoding="gzip"),
         does.say(200, GZIP, Content_Encoding="gzip")], requests=2
    ),
    "gzip of far too much": Fault(
        [does.say(200, gzip.compress(bytes(20_000_000)), Content_Encoding="gzip")], "larger than 2 MiB", most=2**21
    ),
    "a redirect": Fault([does.say(302, Location="/there"), good], requests=2),
    "a redirect that moved for good": Fault([does.say(308, Location="/there"), good], requests=2),
    "redirects in a circle": Fault([does.say(302, Location="/again")], "circle of redirects", 31),
    "too much, announced": Fault([good], "larger than 0 MiB", most=299_999),
    "too much, in chunks": Fault([does.chunked(BODY)], "larger than 0 MiB", most=299_999),
    "more than any disk holds": Fault([does.say(200, b"", length=2**62)], "has room for", most=2**63),
    "no answer": Fault([does.silent], "did not come to an end within 0.3 s", transfer=0.3),
    "a body that drips": Fault([does.dripping], "did not come to an end within 0.3 s", transfer=0.3),
    "a header that drips": Fault([does.dripping_header], "did not come to an end within 0.3 s", transfer=0.3),
}  # fmt: skip


def fetch(url: str, output_dir: Path, **fields: Any) -> Fetched:
    return fetch_model(Job(url, output_dir=output_dir, **fields))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_network_is_never_the_models(
    name: str, server: Server, output_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fault = FAULTS[name]
    server.will(*fault.acts)
    url, limits = f"{server.url}/folder/model.pkl?token={SECRET}", Limits(transfer=fault.transfer, model=fault.most)
    if fault.said is None:
        fetched = fetch(url, output_dir, limits=limits)
        assert fetched.path == output_dir / "model.pkl"
        assert fetched.path.read_bytes() == BODY
        assert (fetched.model.size, fetched.model.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    else:
        with pytest.raises(PlatformError) as caught:
            fetch(url, output_dir, limits=limits)
        assert caught.value.reason == "model_unavailable"
        assert fault.said in caught.value.message
        assert SECRET not in caught.value.message
    assert len(server.asked) == fault.requests
    assert [path.name for path in output_dir.iterdir()] == ([] if fault.said else ["model.pkl"])
    assert SECRET not in caplog.text


def test_the_server_says_how_long_to_wait(server: Server, waits: Waits, output_dir: Path) -> None:
    server.will(does.say(503, Retry_After="77"), does.say(429, Retry_After="never"), good)
    fetch(f"{server.url}/model.pkl", output_dir)
    assert waits.seconds[0] == 77
    assert waits.seconds[1] <= 2


def test_a_download_goes_on_where_it_broke_off(server: Server, output_dir: Path) -> None:
    server.will(does.ranges(BODY, 100_000), does.ranges(BODY, 150_000), does.ranges(BODY))
    fetched = fetch(f"{server.url}/model.pkl", output_dir)
    assert [asked.headers.get("Range") for asked in server.asked] == [None, "bytes=100000-", "bytes=250000-"]
    assert fetched.model.sha256 == hashlib.sha256(BODY).hexdigest()
    assert fetched.path.read_bytes() == BODY


def test_another_file_in_its_place_is_fetched_from_the_start(server: Server, output_dir: Path) -> None:
    other = os.urandom(200_000)
    server.will(does.ranges(BODY, 100_000), does.ranges(other, tag='"v2"'))
    assert fetch(f"{server.url}/model.pkl", output_dir).path.read_bytes() == other


def test_a_server_that_cannot_go_on_starts_again(server: Server, output_dir: Path) -> None:
    server.will(does.ranges(BODY, 100_000), does.say(416), good)
    assert fetch(f"{server.url}/model.pkl", output_dir).path.read_bytes() == BODY


def test_nobody_there_is_tried_again(waits: Waits, output_dir: Path) -> None:
    with serving() as gone:
        url = gone.url
    with pytest.raises(PlatformError, match=r"cannot be reached: Connection refused \(10 attempts"):
        fetch(f"{url}/model.pkl", output_dir)
    assert len(waits.seconds) == TIMES - 1


def test_a_name_that_is_none_is_said(output_dir: Path) -> None:
    with pytest.raises(PlatformError, match="has a name that cannot be resolved"):
        fetch("http://nowhere.invalid/model.pkl", output_dir)


def test_a_certificate_that_nobody_signed_is_not_asked_twice(
    certificate: tuple[Path, Path], waits: Waits, output_dir: Path
) -> None:
    with serving(certificate) as server:
        server.will(good)
        with pytest.raises(PlatformError, match="certificate that is not trusted: self-signed certificate"):
            fetch(f"{server.url}/model.pkl", output_dir)
    assert waits.seconds == []


def test_a_certificate_that_is_trusted_is_taken(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, output_dir: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    with serving(certificate) as server:
        server.will(good)
        assert fetch(f"{server.url}/model.pkl", output_dir).path.read_bytes() == BODY


@pytest.mark.parametrize(
    ("path", "disposition", "name"),
    [
        ("a/model.pkl", "", "model.pkl"),
        ("a/b%20c.pkl.gz", "", "b c.pkl.gz"),
        ("a/..%2F..%2Fmodel.pkl", "", "model.pkl"),
        ("a/%2e%2e", "", "model.pkl"),
        ("", "", "model.pkl"),
        ("a/key", "attachment; filename=mine.pkl", "mine.pkl"),
        ("a/key", "attachment; filename=../../mine.pkl", "mine.pkl"),
        ("a/key", "attachment; filename*=UTF-8''na%C3%AFve%2F..%2Fm%20e.pkl", "m e.pkl"),
        ("a/key", "attachment; filename=..", "key"),
        ("a/key", r"attachment; filename=C:\models\mine.pkl", "mine.pkl"),
        ("a/key", "attachment; filename=.bashrc", "bashrc"),
        ("a/key", "attachment", "key"),
        (f"a/{'x' * 230}.pkl", "", f"{'x' * 196}.pkl"),
        ("there", "", "model.pkl"),
    ],
)
def test_a_name_never_leaves_the_folder(
    path: str, disposition: str, name: str, server: Server, output_dir: Path
) -> None:
    (output_dir / "there").mkdir()
    server.will(does.say(200, BODY, Content_Disposition=disposition or "inline"))
    assert fetch(f"{server.url}/{path}", output_dir).path == output_dir / name
    assert sorted(file.name for file in output_dir.iterdir()) == sorted(["there", name])


def test_what_the_server_names_takes_no_files_place(server: Server, output_dir: Path) -> None:
    (output_dir / "notes.txt").write_text("mine")
    server.will(does.say(200, BODY, Content_Disposition="attachment; filename=notes.txt"))
    assert fetch(f"{server.url}/model.pkl", output_dir).path == output_dir / "model.pkl"
    assert (output_dir / "notes.txt").read_text() == "mine"


def test_the_live_data_are_not_replaced_by_a_model_of_their_name(server: Server, output_dir: Path) -> None:
    live = output_dir / "live.parquet"
    live.write_text("mine")
    server.will(good)
    assert fetch(f"{server.url}/live.parquet", output_dir, dataset=str(live)).path != live
    assert live.read_text() == "mine"


@pytest.mark.parametrize("by_url", [False, True])
def test_another_model_than_was_meant_is_not_run(
    *, by_url: bool, server: Server, output_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "model.pkl").write_bytes(BODY)
    server.will(good)
    model = f"{server.url}/model.pkl" if by_url else str(tmp_path / "model.pkl")
    fetch(model, output_dir, model_sha256=hashlib.sha256(BODY).hexdigest().upper())
    with pytest.raises(PlatformError, match="--model_sha256 wants 0000"):
        fetch(model, output_dir, model_sha256="0" * 64)


def test_a_presigned_url_of_s3_works_once_and_not_when_it_is_old_or_forged(
    store: Store, waits: Waits, output_dir: Path
) -> None:
    store.client.put_object(Bucket=BUCKET, Key="a/model.pkl", Body=BODY)
    url = store.presigned("a/model.pkl")
    assert fetch(url, output_dir).path.read_bytes() == BODY
    with pytest.raises(PlatformError, match=r"403 Forbidden: SignatureDoesNotMatch: The request signature"):
        fetch(url.replace("Expires=3600", "Expires=3601"), output_dir)
    old = store.client.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "a/model.pkl"}, ExpiresIn=-1)
    with pytest.raises(PlatformError, match=r"403 Forbidden: AccessDenied: Request has expired") as caught:
        fetch(old, output_dir)
    assert "ask for a new one" in caught.value.hint
    with pytest.raises(PlatformError, match=r"404 Not Found: NoSuchKey: The specified key does not exist"):
        fetch(store.presigned("a/other.pkl"), output_dir)
    assert waits.seconds == []


def test_gcs_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch, output_dir: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gcsfs", None)
    with pytest.raises(PlatformError, match=r"pip install 'numerai-predict\[cloud\]'"):
        fetch("gs://bucket/model.pkl", output_dir)


def test_a_full_disk_is_said_before_anything_is_written(
    server: Server, output_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(output_dir)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=299_999))
    server.will(good)
    with pytest.raises(PlatformError, match="the folder has room for 0 MiB more"):
        fetch(f"{server.url}/model.pkl", output_dir)
    assert not list(output_dir.iterdir())


def test_a_model_in_s3_by_its_own_name(store: Store, output_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    store.client.put_object(Bucket=BUCKET, Key="a/own.pkl", Body=BODY)
    fetched = fetch(f"s3://{BUCKET}/a/own.pkl", output_dir)
    assert (fetched.path, fetched.path.read_bytes()) == (output_dir / "own.pkl", BODY)
    assert fetched.model.sha256 == hashlib.sha256(BODY).hexdigest()
    with pytest.raises(PlatformError, match=r"cannot be read: FileNotFoundError"):
        fetch(f"s3://{BUCKET}/a/nowhere.pkl", output_dir)
    with pytest.raises(PlatformError, match="--max_model_size allows 9"):
        fetch(f"s3://{BUCKET}/a/own.pkl", output_dir, limits=Limits(model=9))
    assert [path.name for path in output_dir.iterdir()] == ["own.pkl"]


CUT: dict[str, tuple[Callable[[bytes], Act], str, str]] = {
    "no length": (does.unannounced, "Error", "model_unavailable"),
    "chunks": (does.chunked, "Failed", "invalid_pickle"),
    "its length": (lambda body: does.say(200, body), "Failed", "invalid_pickle"),
}


@pytest.mark.parametrize("announced", CUT)
def test_a_cut_pickle_is_the_models_only_if_nothing_else_can_have_cut_it(
    announced: str, server: Server, run: Run, pickled: Callable[[str], Path]
) -> None:
    answer, status, reason = CUT[announced]
    server.will(answer(pickled("good").read_bytes()[:-100]))
    report = run(f"{server.url}/model.pkl")
    assert_verdict(report, status, reason)
    assert ("may have been cut off" in report.message) == (status == "Error")


def test_what_nobody_announced_and_is_whole_runs(server: Server, run: Run, pickled: Callable[[str], Path]) -> None:
    server.will(does.unannounced(pickled("good").read_bytes()))
    assert_verdict(run(f"{server.url}/model.pkl"), "Success", None)
