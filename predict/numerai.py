"""Numerai itself, through its own client: where a dataset is, and a submission.

Of numerapi's methods only those are used that ask the API: what transfers files there tells nothing of a refused
upload, and resumes a download without looking at the certificate.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from predict import spared
from predict.redaction import in_url, remember
from predict.transport import Outgoing, Patience, TransferError
from predict.transport.web import send

CLIENTS = {"classic": "NumerAPI", "signals": "SignalsAPI", "crypto": "CryptoAPI"}
MOST = 16 * 1024**2  # bytes of an answer
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
DATASET = "query($filename: String!, $tournament: Int) { dataset(filename: $filename, tournament: $tournament) }"
UPLOAD = """query($filename: String!, $tournament: Int!, $modelId: String) {
    %s(filename: $filename, tournament: $tournament, modelId: $modelId) { filename url }
}"""
SUBMISSION = """mutation($filename: String!, $tournament: Int!, $modelId: String) {
    create_submission(filename: $filename, tournament: $tournament, modelId: $modelId, source: "numerapi") { id }
}"""
SIGNALS_SUBMISSION = """mutation($filename: String!, $modelId: String) {
    createSignalsSubmission(filename: $filename, modelId: $modelId, source: "numerapi") { id }
}"""


class Numerai:
    """One tournament's API, as one who may have keys."""

    def __init__(self, tournament: str, keys: tuple[str, str] | None, patience: Patience) -> None:
        self._api = _client(CLIENTS[tournament], keys, patience)
        self._patience = patience
        self._signals = tournament == "signals"

    def url_of(self, dataset: str) -> str:
        """A presigned URL of a dataset.

        Raises:
            TransferError: Numerai does not answer, or has no such dataset.
        """
        variables = {"filename": dataset, "tournament": self._api.tournament_id}
        url = self._ask(DATASET, variables, authorization=False)["dataset"]
        if not isinstance(url, str):
            raise TransferError(f"Numerai has no dataset {dataset}")
        remember(in_url(url))
        return url

    def datasets(self) -> list[str]:
        """The names of all datasets.

        Raises:
            TransferError: Numerai does not answer.
        """
        found: list[str] = self._api.list_datasets()
        return found

    def submit(self, model: str, csv: Path) -> str:
        """Submit accepted predictions for a model of the account; return the submission's id.

        Raises:
            TransferError: Numerai refuses, or does not answer.
        """
        models = self._api.get_models()
        if model not in models:
            has = ", ".join(sorted(models)) or "none"
            raise TransferError(f"the account of these keys has no model {model} in this tournament; it has {has}")
        variables = {"filename": csv.name, "tournament": self._api.tournament_id, "modelId": models[model]}
        field = "submissionUploadSignalsAuth" if self._signals else "submission_upload_auth"
        target = self._ask(UPLOAD % field, variables)[field]
        remember(in_url(target["url"]))
        send(Outgoing("PUT", target["url"], csv.read_bytes(), {}), self._patience)
        return self._create(variables | {"filename": target["filename"]})

    def _create(self, variables: dict[str, Any]) -> str:
        if self._signals:
            del variables["tournament"]
        answer = self._ask(SIGNALS_SUBMISSION if self._signals else SUBMISSION, variables)
        (submission,) = answer.values()
        return str(submission["id"])

    def _ask(self, query: str, variables: dict[str, Any], *, authorization: bool = True) -> dict[str, Any]:
        data: dict[str, Any] = self._api.raw_query(query, variables, authorization=authorization)["data"]
        return data


def _client(name: str, keys: tuple[str, str] | None, patience: Patience) -> Any:
    """Numerapi's client, whose requests go our way: with time-outs, a deadline, and errors that tell something."""
    spared.restore()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # older ones import what is deprecated, which is not for those who read our log
        import numerapi
        from numerapi import base_api

    class Client(getattr(numerapi, name)):  # type: ignore[misc]  # its class is chosen here
        def raw_query(
            self, query: str, variables: dict[str, Any] | None = None, authorization: bool = False, **_: Any
        ) -> dict[str, Any]:
            token = {"Authorization": "Token {}${}".format(*self.token)} if authorization else {}
            body = json.dumps({"query": query, "variables": variables}).encode()
            outgoing = Outgoing("POST", base_api.API_TOURNAMENT_URL, body, JSON | token, MOST)
            return _answer(send(outgoing, patience))

    public, secret = keys or (None, None)
    return Client(public, secret, verbosity="ERROR", show_progress_bars=False)


def _answer(said: bytes) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(said)
        errors = answer.get("errors")
    except (ValueError, AttributeError):
        raise TransferError("Numerai answers what is no JSON object") from None
    if errors:
        first = errors[0] if isinstance(errors, list) else errors
        told = first.get("message") or first.get("detail") if isinstance(first, dict) else first
        raise TransferError(f"Numerai says: {told}")
    if not isinstance(answer.get("data"), dict):
        raise TransferError("Numerai answers without data")
    return answer
