"""Hand over what is on disk already: the CSV by presigned POST or PUT or to Numerai, the report by presigned PUT."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from predict.errors import PlatformError
from predict.job import Job
from predict.redaction import redacted
from predict.report import Delivery
from predict.transport import Outgoing, Patience, TransferError

logger = logging.getLogger(__name__)

CSV, JSON = "text/csv", "application/json"


def deliver(job: Job, csv: Path) -> Iterator[Delivery]:
    """Hand over the CSV in each way that the job asks for; yield each that was taken.

    Raises:
        PlatformError: `upload_failed`, with what the server says; the CSV is kept.
    """
    patience = Patience(job.limits.transfer)
    try:
        if job.post_url is not None:
            yield _post(job.post_url, job.post_data or "", csv, patience)
        if job.put_url is not None:
            logger.info("Uploading predictions to %s", redacted(job.put_url))
            put(job.put_url, csv.read_bytes(), CSV, patience)
            yield Delivery("put", redacted(job.put_url))
        if job.submit is not None:
            from predict.numerai import Numerai

            logger.info("Submitting predictions for %s", job.submit)
            numerai = Numerai(job.tournament.name, job.keys, patience)
            yield Delivery("submit", job.submit, numerai.submit(job.submit, csv))
    except TransferError as error:
        what = f"The predictions are good, but were not taken: {error}. They are kept in {csv}."
        raise PlatformError("upload_failed", what) from None


def _post(url: str, fields: str, csv: Path, patience: Patience) -> Delivery:
    from predict.transport.web import form, send

    logger.info("Uploading predictions to %s", redacted(url))
    body, headers = form(parse_qsl(fields, keep_blank_values=True), str(csv), csv.read_bytes(), CSV)
    send(Outgoing("POST", url, body, headers), patience)
    return Delivery("post", redacted(url))


def put(url: str, data: bytes, kind: str, patience: Patience) -> None:
    """Send data to a presigned PUT of S3, Google Cloud Storage or Azure.

    Raises:
        TransferError: it is refused, or nobody answers.
    """
    from predict.transport.web import send

    send(Outgoing("PUT", url, data, _headers(url, kind)), patience)


def _headers(url: str, kind: str) -> dict[str, str]:
    """What the kind of signature needs, or forbids."""
    names = {name.lower() for name, _ in parse_qsl(urlsplit(url).query)}
    if {"sig", "sv"} <= names:  # Azure's shared access signature
        return {"Content-Type": kind, "x-ms-blob-type": "BlockBlob"}
    if "signature" in names:  # the older ones of S3 and Google sign the type too, mostly none
        return {}
    return {"Content-Type": kind}
