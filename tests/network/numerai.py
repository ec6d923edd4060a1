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
            if self.put_status == 200:  # noqa: PLR2004  HTTP's
                self.taken[asked.path.partition("?")[0]] = asked.body
            say(self.put_status)(handler)
        else:
            name = asked.path.partition("?")[0].removeprefix("/data/")
            say(200, self.files[name], Last_Modified=self.modified)(handler)

    def _answer(self, query: dict[str, Any]) -> dict[str, Any]:
        text, variables = query["query"], query["variables"] or {}
        if "createSignalsSubmission" in text:
            return {"data": {"createSignalsSubmission": {"id": "signal-1"}}}
        if "create_submission" in text:
            return {"data": {"create_submission": {"id": "submission-1"}}}
        for field_name in ("submissionUploadSignalsAuth", "submission_upload_auth"):
            if field_name in text:
                target = {"filename": "kept-as.csv", "url": f"{self.server.url}/put/kept-as.csv?sig=SECRETCANARY-put"}
                return {"data": {field_name: target}}
        if "models" in text:
            return {"data": {"account": {"models": MODELS}}}
        if "listDatasets" in text:
            return {"data": {"listDatasets": sorted(self.files)}}
        if variables["filename"] not in self.files:
            return {"errors": [{"message": "Dataset not found"}], "data": None}
        return {"data": {"dataset": f"{self.server.url}/data/{variables['filename']}?token=SECRETCANARY-data"}}
