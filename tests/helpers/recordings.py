"""Recorded sessions of the SDK with another server, asked of ours again and compared.

The recordings lie beside the checkout, in `shared/wandb-recordings`, or where WANDB_RECORDINGS
says; one JSON object per request and answer, in the order of time.
"""

import base64
import json
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from tests.helpers.graphql import auth_of
from tests.helpers.recorded_bytes import RecordedBytes, address_of, specs_and_nodes

_BESIDE = Path(settings.BASE_DIR).parent / "shared" / "wandb-recordings"
FOLDER = Path(os.environ.get("WANDB_RECORDINGS", _BESIDE))

_OPAQUE = {"digest", "md5", "commitHash", "uploadID", "projectId"}
_CURSORS = {"cursor", "endCursor"}
_JSON = {
    "config", "wandbConfig", "summaryMetrics", "systemMetrics", "metadata", "flags", "historyTail",
    "eventsTail",
}  # fmt: skip
_NAMES = "alias", "name", "username", "versionIndex"
_UNREAD = {"ArtifactAlias", "File", "Invite", "Tag"}  # ids that wandb 0.31 neither reads nor keeps
_NUMBER_ALIAS = re.compile(r"v\d+")  # only releases before 0.24 read it
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def read_recordings(names):
    """The requests of these recordings, each with its place."""
    for name in names:
        (file,) = FOLDER.glob(f"{name}_*.jsonl")
        for number, line in enumerate(file.read_text().splitlines(), 1):
            yield {"place": f"{name}:{number}", "op": None} | json.loads(line)


class Replay:
    """Asks of our server what was asked of a recorded one, each id and sum translated.

    An id is whatever it was when it was first seen; from then on it has to stay that.
    """

    def __init__(self, client, people, requests, asked_by):
        self.client, self.people, self.asked_by = client, people, asked_by
        self.user = people["alice"]
        self.requests = list(requests)
        self.bytes = RecordedBytes(self.requests)
        self.known = dict(self.bytes.sums)  # what was recorded -> what it is here
        self.uploads = {}  # the same of addresses to put bytes at; "" where we want none
        self.is_ordered = False

    def run(self):
        """Yield (request, its differences as (path, recorded, ours))."""
        for asked in self.requests:
            yield asked, list(getattr(self, f"_ask_{asked['kind']}")(asked))

    # ------------------------------------------------------------------ asking

    def _ask_graphql(self, asked):
        self._notice_user(asked)
        variables = self._translated(asked["variables"] or {})
        self.is_ordered = bool(variables.get("order"))
        if asked["op"].endswith("ArtifactManifest") and variables.get("digest"):
            variables["digest"] = self.bytes.announce_manifest(asked)
        body = {"query": asked["query"], "variables": variables}
        response = self.client.post(
            "/graphql",
            body,
            "application/json",
            **auth_of(self.user),
            HTTP_USER_AGENT=asked["headers"]["user-agent"],
        )
        answer = response.json()
        if response.status_code != asked["status"]:
            yield "status", asked["status"], [response.status_code, answer["errors"]]
        elif asked["status"] != 200:
            if answer["data"] is not None or not answer["errors"][0]["message"]:
                yield "errors", asked["response"]["errors"], answer
        else:
            if asked["op"] == "CreateArtifactFiles":
                self._upload_more(asked, answer)
            yield from self._compare(asked["response"]["data"], answer["data"], "")

    def _notice_user(self, asked):
        """A process asks who it is before anything else; recordings don't hold the keys."""
        if asked["op"] == "Viewer":
            self.user = self.people[asked["response"]["data"]["viewer"]["username"]]
        elif asked["place"] in self.asked_by:
            self.user = self.people[self.asked_by[asked["place"]]]

    def _upload_more(self, asked, answer):
        """What the recorded server had already, and ours has not."""
        recorded, ours = (specs_and_nodes(asked, each) for each in (asked["response"], answer))
        for (spec, there), (_spec, here) in zip(recorded, ours, strict=True):
            if there["uploadUrl"] is None and here["uploadUrl"]:
                path = urlsplit(here["uploadUrl"]).path
                self.client.put(path, self.bytes.of_file(spec), "application/octet-stream")

    def _ask_file_stream(self, asked):
        response = self.client.post(
            asked["path"], asked["body"], "application/json", **auth_of(self.user)
        )
        answer, recorded = response.json(), asked["response"]
        if response.status_code != asked["status"]:
            yield "status", asked["status"], [response.status_code, answer]
        elif bool(answer.get("stopped")) != bool(recorded.get("stopped")):
            yield "stopped", recorded, answer

    def _ask_storage(self, asked):
        recorded, is_upload = address_of(asked), asked["method"] == "PUT"
        address = (self.uploads if is_upload else self.known).get(recorded)
        if address is None:
            yield "address", recorded, "not in any answer"
        elif is_upload and address:
            content = self.bytes.of_upload(asked)
            response = self.client.put(address, content, "application/octet-stream")
            if response.status_code != asked["status"]:
                yield "status", asked["status"], [response.status_code, str(response.content)]
            elif "#" in recorded:
                self.known[self.bytes.etag(asked)] = response["ETag"]
        elif not is_upload:
            response = self.client.get(address)
            if response.status_code != asked["status"]:
                yield "status", asked["status"], response.status_code
            response.getvalue()

    def _ask_artifactsV2(self, asked):
        *start, digest, name = asked["path"].split("/")
        recorded = base64.b64encode(bytes.fromhex(digest)).decode()
        ours = base64.b64decode(self.known[recorded]).hex()
        start = [self.known.get(part.replace("%3D", "="), part) for part in start]
        response = self.client.get("/".join([*start, ours, name]), **auth_of(self.user))
        if response.status_code != 307:
            yield "status", 307, [response.status_code, str(response.content)]

    def _translated(self, value):
        if isinstance(value, dict):
            return {key: self._translated(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._translated(each) for each in value]
        if not isinstance(value, str):
            return value
        value = self.known.get(value, value)
        return re.sub(r'("(?:project_)?id": ?)(\d+)', self._translated_number, value)

    def _translated_number(self, match):
        """In a filter the number of a project stands alone."""
        recorded = base64.b64encode(f"ProjectInternalId:{match[2]}".encode()).decode()
        ours = base64.b64decode(self.known.get(recorded, recorded)).decode()
        return match[1] + ours.rpartition(":")[2]

    # --------------------------------------------------------------- comparing

    def _compare(self, recorded, ours, path):
        key = path.rpartition(".")[2].partition("[")[0]
        if isinstance(recorded, dict) and isinstance(ours, dict):
            if recorded.keys() != ours.keys():
                yield path, sorted(recorded), sorted(ours)
            for name in sorted(recorded.keys() & ours.keys()):
                yield from self._compare(recorded[name], ours[name], f"{path}.{name}")
        elif isinstance(recorded, list) and isinstance(ours, list):
            yield from self._compare_lists(recorded, ours, path)
        elif key == "uploadUrl" and ours is None and recorded:
            self.uploads[urlsplit(recorded).path] = ""
            yield path, recorded, ours
        elif recorded is None or ours is None:
            if recorded != ours:
                yield path, recorded, ours
        elif key in _JSON and isinstance(recorded, str) and isinstance(ours, str):
            yield from self._compare(json.loads(recorded), json.loads(ours), f"{path}:json")
        elif not self._is_same(key, recorded, ours):
            yield path, recorded, ours

    def _compare_lists(self, recorded, ours, path):
        ours = [row for row in ours if not _NUMBER_ALIAS.fullmatch(_rank(row)[0])]
        if not self.is_ordered:
            recorded, ours = sorted(recorded, key=_rank), sorted(ours, key=_rank)
        pairs = list(zip(recorded, ours, strict=False))
        if len(recorded) != len(ours):
            yield path, recorded, ours
            pairs = [(one, two) for one in recorded for two in ours if _rank(one) == _rank(two)]
        for number, (one, two) in enumerate(pairs):
            yield from self._compare(one, two, f"{path}[{number}]")

    def _is_same(self, key, recorded, ours):
        """Whether two values say the same; what is opaque is learned at first sight."""
        if type(recorded) is not type(ours):
            return False
        if key.endswith("At"):
            return bool(_TIME.fullmatch(ours))
        if key.lower().endswith("url") and "/storage/" in recorded:
            return self._is_address(key, recorded, ours)
        if key in _CURSORS or key == "storagePath" or _type_of(recorded) in _UNREAD:
            self.known[recorded] = ours
            return True
        if key in _OPAQUE or (_type_of(recorded) and _type_of(recorded) == _type_of(ours)):
            return self.known.setdefault(recorded, ours) == ours
        return recorded == ours

    def _is_address(self, key, recorded, ours):
        there, here = urlsplit(recorded), urlsplit(ours)
        known = self.uploads if key == "uploadUrl" else self.known
        known[address_of({"path": there.path, "query": there.query})] = here.path
        manifest = "wandb_manifest.json"  # what wandb 0.31 knows the manifest by
        is_manifest = key == "directUrl" and manifest in there.path
        return bool(here.scheme and here.netloc) and (manifest in here.path or not is_manifest)


def _rank(row):
    """What a row is known by where no order was asked for."""
    row = (row.get("node") or row) if isinstance(row, dict) else {}
    owner = row.get("artifactCollection") or {}
    return [str(row.get(key, "")) for key in _NAMES] + [str(owner.get("name", ""))]


def _type_of(text):
    """The type in an id, or "" for what is none."""
    try:
        decoded = base64.b64decode(text, validate=True).decode()
    except (ValueError, TypeError):
        return ""
    return decoded.partition(":")[0] if re.fullmatch(r"[A-Za-z]+:.+", decoded) else ""
