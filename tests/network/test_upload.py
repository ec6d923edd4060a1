"""Predictions to presigned URLs and to Numerai: what arrives, what is refused, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from conftest import Run, assert_verdict

from network import misbehaving as does
from network.misbehaving import Act, Server, Waits, serving
from network.numerai import Double
from network.store import BUCKET, Store, form_fields
from predict.errors import PlatformError
from predict.job import Job, Limits
from predict.report import Delivery
from predict.tournaments import CRYPTO, SIGNALS
from predict.upload import deliver

CONTENT = b"id,prediction\nn1,0.5\n"
SECRET = "SECRETCANARY"
FIELDS = [("key", "a/b.csv"), ("policy", SECRET), ("empty", ""), ("x", "1 2&3=4"), ("x", "again")]
KEYS = ("PUBLICCANARY", "SECRETCANARY")


@pytest.fixture
def csv(output_dir: Path) -> Path:
    path = output_dir / "live_predictions-0123456789ab.csv"
    path.write_bytes(CONTENT)
    return path


def post(url: str, csv: Path, **fields: Any) -> list[Delivery]:
    given = {"post_data": urlencode(FIELDS), **fields}
    return list(deliver(Job("model.pkl", post_url=f"{url}/bucket?sig={SECRET}", **given), csv))


def test_a_form_has_its_fields_first_and_in_order_and_then_the_file(server: Server, csv: Path) -> None:
    server.will(does.say(204))
    assert post(server.url, csv) == [Delivery("post", f"{server.url}/bucket")]
    asked = server.asked[0]
    assert asked.path == f"/bucket?sig={SECRET}"
    assert form_fields(asked.headers["Content-Type"], asked.body) == [*FIELDS, ("file", CONTENT.decode())]
    assert f'name="file"; filename="{csv}"\r\nContent-Type: text/csv\r\n'.encode() in asked.body


REFUSED = b"<Error><Code>EntityTooLarge</Code><Message>Too big</Message></Error>"
ANSWERS: dict[str, tuple[list[Act], str | None, int]] = {
    "2xx with a body that does not come": ([does.say(200, length=9)], None, 1),
    "500s": ([does.say(500), does.say(503), does.say(201)], None, 3),
    "a reset connection": ([does.reset, does.say(200)], None, 2),
    "429": ([does.say(429, Retry_After="1"), does.say(200)], None, 2),
    "refused": ([does.say(400, REFUSED)], "answered 400 Bad Request: EntityTooLarge: Too big.", 1),
    "down": ([does.say(502)], "answered 502 Bad Gateway (10 attempts", 10),
    "307": ([does.say(307, Location="/there"), does.say(204)], None, 2),
    "308": ([does.say(308, Location="/there"), does.say(204)], None, 2),
    "301": ([does.say(301, Location="/there")], "answered 301 and points to", 1),
    "302": ([does.say(302, Location=f"/there?t={SECRET}")], "where it cannot be sent on", 1),
    "303": ([does.say(303, Location="/there")], "answered 303 and points to", 1),
    "in a circle": ([does.say(307, Location="/again")], "answered 307 and points to", 6),
    "304": ([does.say(304)], "answered 304 Not Modified", 1),
    "no answer": ([does.silent], "did not come to an end within 0.3 s", 1),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_the_server_answers_is_what_is_said(name: str, server: Server, csv: Path) -> None:
    acts, said, requests = ANSWERS[name]
    server.will(*acts)
    limits = Limits(transfer=0.3 if name == "no answer" else 300)
    if said is None:
        post(server.url, csv, limits=limits)
        assert b'name="file"' in server.asked[-1].body
        assert server.asked[-1].method == "POST"
    else:
        with pytest.raises(PlatformError) as caught:
            post(server.url, csv, limits=limits)
        assert caught.value.reason == "upload_failed"
        assert said in caught.value.message
        assert f"They are kept in {csv}." in caught.value.message
        assert SECRET not in caught.value.message
    assert len(server.asked) == requests
    assert csv.read_bytes() == CONTENT


def test_a_field_that_is_no_secret_does_not_hide_where_the_predictions_are(output_dir: Path) -> None:
    job = Job("model.pkl", output_dir=output_dir, post_url="https://host/", post_data="key=live_predictions&x=12345678")
    assert job.secrets == {"12345678", "key=live_predictions&x=12345678"}


def test_predictions_are_not_sent_on_in_the_clear(
    server: Server, certificate: tuple[Path, Path], csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    server.will(does.say(200))
    with serving(certificate) as safe:
        safe.will(does.say(307, Location=f"{server.url}/there"))
        with pytest.raises(PlatformError, match="answered 307 and points to http:"):
            post(safe.url, csv)
    assert not server.asked


def test_a_refused_upload_is_the_platforms_and_loses_nothing(
    server: Server, run: Run, pickled: Callable[[str], Path]
) -> None:
    server.will(does.say(403, REFUSED))
    report = run(pickled("good"), post_url=f"{server.url}/?sig={SECRET}", post_data="key=value")
    assert_verdict(report, "Error", "upload_failed")
    assert report.exit_code == 3
    assert report.predictions is not None
    assert Path(report.predictions.file).read_bytes() in server.asked[0].body
    assert report.deliveries == []


def test_a_presigned_post_of_s3_is_taken_and_an_old_or_forged_one_is_not(store: Store, csv: Path, waits: Waits) -> None:
    def posted(seconds: int, **changes: str) -> list[Delivery]:
        signed = store.client.generate_presigned_post(BUCKET, "live.csv", ExpiresIn=seconds)
        fields = urlencode({**signed["fields"], **changes})
        return list(deliver(Job("model.pkl", post_url=signed["url"], post_data=fields), csv))

    posted(60)
    assert store.read("live.csv") == CONTENT
    with pytest.raises(
        PlatformError, match=r"403 Forbidden: AccessDenied: Invalid according to Policy: Policy expired"
    ):
        posted(-60)
    with pytest.raises(PlatformError, match=r"403 Forbidden: SignatureDoesNotMatch"):
        posted(60, policy="e30=")
    assert waits.seconds == []


@pytest.mark.parametrize("signed", [{}, {"ContentType": "text/csv"}])
def test_a_presigned_put_of_s3_is_taken(signed: dict[str, str], store: Store, csv: Path) -> None:
    url = store.presigned("put.csv", "put_object", **signed)
    list(deliver(Job("model.pkl", put_url=url), csv))
    assert store.read("put.csv") == CONTENT


@pytest.mark.parametrize(
    ("query", "kind", "blob"),
    [
        ("X-Amz-Algorithm=a&X-Amz-Signature=b", "text/csv", None),
        ("X-Goog-Algorithm=a&X-Goog-Signature=b", "text/csv", None),
        ("AWSAccessKeyId=a&Signature=b&Expires=1", None, None),
        ("sv=2024-01-01&sr=b&sig=c", "text/csv", "BlockBlob"),
    ],
)
def test_each_store_gets_the_headers_that_its_signature_needs(
    query: str, kind: str | None, blob: str | None, server: Server, csv: Path
) -> None:
    server.will(does.say(201))
    list(deliver(Job("model.pkl", put_url=f"{server.url}/b?{query}"), csv))
    asked = server.asked[0]
    assert (asked.method, asked.body) == ("PUT", CONTENT)
    assert (asked.headers.get("Content-Type"), asked.headers.get("x-ms-blob-type")) == (kind, blob)


def test_nobody_elses_password_goes_along(
    server: Server, csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.will(does.say(200))
    list(deliver(Job("model.pkl", put_url=f"{server.url}/b"), csv))
    assert "Authorization" not in server.asked[0].headers


@pytest.mark.parametrize("verdict", ["good", "raises"])
def test_the_report_goes_the_same_way_whatever_the_verdict(
    verdict: str, server: Server, run: Run, pickled: Callable[[str], Path]
) -> None:
    server.will(does.say(500), does.say(200))
    report = run(pickled(verdict), report_url=f"{server.url}/report.json?sig={SECRET}")
    assert server.asked[1].body == report.to_json()
    assert server.asked[1].headers["Content-Type"] == "application/json"


def test_a_report_that_is_not_taken_changes_no_verdict(
    server: Server, run: Run, pickled: Callable[[str], Path], caplog: pytest.LogCaptureFixture
) -> None:
    server.will(does.say(403, REFUSED))
    assert_verdict(run(pickled("good"), report_url=server.url), "Success", None)
    assert "The report was not taken" in caplog.text


def submit(csv: Path, model: str = "mine", **fields: Any) -> list[Delivery]:
    return list(deliver(Job("model.pkl", submit=model, keys=KEYS, **fields), csv))


def test_predictions_are_submitted_through_numerapi(numerai: Double, csv: Path) -> None:
    assert submit(csv) == [Delivery("submit", "mine", "submission-1")]
    assert numerai.taken == {"/put/kept-as.csv": CONTENT}
    variables = numerai.queries[-1]["variables"]
    assert variables == {"filename": "kept-as.csv", "tournament": 8, "modelId": "id-of-mine"}
    assert set(numerai.tokens) == {"Token PUBLICCANARY$SECRETCANARY"}


def test_signals_are_submitted_their_own_way(numerai: Double, csv: Path) -> None:
    assert submit(csv, "signal", tournament=SIGNALS)[0].id == "signal-1"
    assert numerai.queries[-1]["variables"] == {"filename": "kept-as.csv", "modelId": "s"}


def test_keys_go_to_nobody_else(numerai: Double, csv: Path, server: Server) -> None:
    with serving() as other:
        other.will(does.say(200, b"{}"))
        server.will(does.say(307, Location=other.url))
        with pytest.raises(PlatformError, match="Numerai answers without data"):
            submit(csv)
        assert "Authorization" in server.asked[0].headers
        assert "Authorization" not in other.asked[0].headers
    assert numerai.queries == []


@pytest.mark.usefixtures("numerai")
def test_an_unknown_model_is_named_with_those_that_are_there(csv: Path) -> None:
    with pytest.raises(PlatformError, match="has no model other in this tournament; it has mine"):
        submit(csv, "other")
    with pytest.raises(PlatformError, match="it has none"):
        submit(csv, tournament=CRYPTO)


def test_a_file_that_the_store_refuses_is_not_submitted(numerai: Double, csv: Path) -> None:
    numerai.put_status = 403
    with pytest.raises(PlatformError, match="answered 403 Forbidden"):
        submit(csv)
    assert not any("create_submission" in query["query"] for query in numerai.queries)


@pytest.mark.usefixtures("numerai")
def test_wrong_keys_are_said_in_numerais_words(csv: Path, server: Server) -> None:
    server.will(does.say(200, b'{"errors": [{"message": "Your session is invalid"}], "data": null}'))
    with pytest.raises(PlatformError, match="Numerai says: Your session is invalid") as caught:
        submit(csv)
    assert "CANARY" not in caught.value.message


def test_each_way_that_is_asked_for_is_gone(server: Server, csv: Path) -> None:
    server.will(does.say(200))
    ways = list(deliver(Job("m", post_url=server.url, post_data="a=b", put_url=f"{server.url}/x"), csv))
    assert [way.way for way in ways] == ["post", "put"]
