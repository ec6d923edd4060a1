"""A double of Numerai's API: what numerapi asks it is answered, and kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from network.misbehaving import Handler, Server, say

MODELS = [{"id": "id-of-mine", "name": "mine", "tournament": 8}, {"id": "s", "name": "signal", "tournament": 11}]


@dataclass
class Double:
    """Answers GraphQL, and takes and gives files, all on one server."""

    server: Server
    files: dict[str, bytes] = field(default_factory=dict)
    """Datasets by name."""
    modified: str = "Thu, 26 Nov 2026 12:00:00 GMT"
    queries: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    taken: dict[str, bytes] = field(default_factory=dict)
    """What was uploaded, by path."""
    put_status: int = 200

    def __call__(self, handler: Handler) -> None:
        """Answer one request; its body has been read already."""
        asked = self.server.asked[-1]
        if asked.method == "POST":
            query = json.loads(asked.body)
            self.queries.append(query)
            self.tokens.append(asked.headers.get("Authorization"))
            say(200, json.dumps(self._answer(query)).encode())(handler)
        elif asked.method == "PUT":
            if self.put_status == 200:
                self.taken[asked.path.partition("?")[0]] = asked.body
            say(self.put_status)(handler)
        else:
            name = asked.path.partition("?")[0].removeprefix("/data/")
            say(200, self.files[name], Last_Modified=self.modified)(handler)

    def _answer(self, query: dict[str, Any]) -> dict[str, Any]:
        text = query["query"]
        name = (query["variables"] or {}).get("filename", "")
        target = {"filename": "kept-as.csv", "url": f"{self.server.url}/put/kept-as.csv?sig=SECRETCANARY-put"}
        answers = {
            "createSignalsSubmission": {"id": "signal-1"},
            "create_submission": {"id": "submission-1"},
            "submissionUploadSignalsAuth": target,
            "submission_upload_auth": target,
            "account": {"models": MODELS},
            "listDatasets": sorted(self.files),
            "dataset": f"{self.server.url}/data/{name}?token=SECRETCANARY-data",
        }
        field_name = next(known for known in answers if known in text)
        if field_name == "dataset" and name not in self.files:
            return {"errors": [{"message": "Dataset not found"}], "data": None}
        return {"data": {field_name: answers[field_name]}}
