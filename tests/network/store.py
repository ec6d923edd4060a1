"""moto's S3 behind the door that it lacks: presigned URLs and forms must be signed rightly, and not be too old."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import io
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl, quote

import boto3
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

KEY, SECRET, REGION = "AKIACANARY00000000", "SECRETCANARY-of-the-account", "us-east-1"
BUCKET = "models"

Start = Callable[..., Any]


class Refused(Exception):
    """What S3 would say."""


@dataclass(frozen=True)
class Store:
    """A bucket, and a client that may do everything."""

    url: str
    client: Any

    @property
    def environment(self) -> dict[str, str]:
        """What tells any library where it is and who we are."""
        keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": REGION}
        return {"AWS_ENDPOINT_URL": self.url, **keys}

    def presigned(self, key: str, method: str = "get_object", **parameters: str) -> str:
        """A URL for one object."""
        signed: str = self.client.generate_presigned_url(method, {"Bucket": BUCKET, "Key": key, **parameters})
        return signed

    def read(self, key: str) -> bytes:
        """What is in an object."""
        content: bytes = self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content


@contextlib.contextmanager
def storing() -> Iterator[Store]:
    """A store with one bucket."""
    server = make_server("127.0.0.1", 0, Door(DomainDispatcherApplication(create_backend_app)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 1})
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": REGION}
    try:
        store = Store(
            f"http://127.0.0.1:{server.port}",
            boto3.client("s3", endpoint_url=f"http://127.0.0.1:{server.port}", config=config, **keys),
        )
        store.client.create_bucket(Bucket=BUCKET)
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Door:
    """Lets in what is signed."""

    def __init__(self, inside: Callable[..., Iterable[bytes]]) -> None:
        self._inside = inside

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request, as WSGI wants it."""
        try:
            check(environ)
        except Refused as refusal:
            code, message = refusal.args
            start("403 Forbidden", [("Content-Type", "application/xml")])
            return [f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()]
        return self._inside(environ, start)


def check(environ: dict[str, Any]) -> None:
    """Refuse what has no signature, a wrong one, or an old one; what boto3 signs in a header is let in."""
    if "X-Amz-Signature" in environ["QUERY_STRING"]:
        check_url(environ)
    elif environ.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
        check_form(environ)
    elif "HTTP_AUTHORIZATION" not in environ:
        raise Refused("AccessDenied", "Access Denied")


def check_url(environ: dict[str, Any]) -> None:
    """Signature Version 4 in a query (Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters")."""
    query = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
    signature = query.pop("X-Amz-Signature")
    scope = query["X-Amz-Credential"].split("/")[1:]
    signed = query["X-Amz-SignedHeaders"].split(";")
    sent = {
        name: environ.get("CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper()}", "") for name in signed
    }
    pairs = sorted((quote(name, "-_.~"), quote(value, "-_.~")) for name, value in query.items())
    request = "\n".join((
        environ["REQUEST_METHOD"], quote(environ["PATH_INFO"], "/-_.~"), "&".join(map("=".join, pairs)),
        "".join(f"{name}:{sent[name]}\n" for name in signed), ";".join(signed), "UNSIGNED-PAYLOAD",
    ))  # fmt: skip
    text = "\n".join(
        ("AWS4-HMAC-SHA256", query["X-Amz-Date"], "/".join(scope), hashlib.sha256(request.encode()).hexdigest())
    )
    if not hmac.compare_digest(sign(scope, text), signature):
        raise Refused("SignatureDoesNotMatch", "The request signature we calculated does not match yours.")
    made = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    if made + timedelta(seconds=int(query["X-Amz-Expires"])) < datetime.now(timezone.utc):
        raise Refused("AccessDenied", "Request has expired")


def check_form(environ: dict[str, Any]) -> None:
    """A browser's form: its policy must be signed and met (Amazon S3 API Reference, "Creating a POST Policy")."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = io.BytesIO(body)
    fields = form_fields(environ["CONTENT_TYPE"], body)
    if fields[-1][0] != "file":
        raise Refused("InvalidArgument", "POST requires exactly one file upload per request, and it must be the last.")
    values = {name.lower(): value for name, value in fields[:-1]}
    scope = values["x-amz-credential"].split("/")[1:]
    if not hmac.compare_digest(sign(scope, values["policy"]), values["x-amz-signature"]):
        raise Refused("SignatureDoesNotMatch", "The request signature we calculated does not match yours.")
    policy = json.loads(base64.b64decode(values["policy"]))
    if datetime.fromisoformat(policy["expiration"].replace("Z", "+00:00")) < datetime.now(timezone.utc):
        raise Refused("AccessDenied", "Invalid according to Policy: Policy expired.")


def form_fields(kind: str, body: bytes) -> list[tuple[str, str]]:
    """Names and contents of a form's parts, in their order."""
    message = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts: list[Any] = list(message.get_payload())
    return [
        (part.get_param("name", header="content-disposition"), part.get_payload(decode=True).decode()) for part in parts
    ]


def sign(scope: list[str], text: str) -> str:
    """Sign with the account's secret, for a day, a region and a service."""
    key = f"AWS4{SECRET}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
