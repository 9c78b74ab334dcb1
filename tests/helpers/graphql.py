"""A client of /graphql with an API key, and the SDK's documents, taken from the SDK itself.

Python's documents are constants of the installed package; core's (the Go process) are recorded
from a running SDK that talks to a server which answers anything that fits our schema.
"""

import base64
import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from inspect import getsource
from pathlib import Path

from django.conf import settings
from graphql import (
    build_schema,
    execute,
    get_named_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    parse,
)

from registry_site.accounts.services.keys.api_keys import digest_of, set_api_key
from registry_site.graphql import server
from registry_site.schema import read_sdl


def key_of(user):
    """The user's API key in tests: the same for the same name."""
    return digest_of(user.username)[:40]


def auth_of(user):
    credentials = base64.b64encode(f"api:{key_of(user)}".encode()).decode()
    return {"HTTP_AUTHORIZATION": f"Basic {credentials}"}


class Api:
    """`api(alice, document, id=…)` gives the data; `.refused(…)` gives status and sentence."""

    def __init__(self, client):
        self.client = client
        self.with_key = set()  # the keys of people who have got their API key

    def post(self, user, document, operation="", **variables):
        headers = {}
        if user is not None:
            if user.pk not in self.with_key:
                set_api_key(by=None, user=user, name="test", text=key_of(user))
                self.with_key.add(user.pk)
            headers = auth_of(user)
        body = {"query": document, "variables": variables, "operationName": operation}
        return self.client.post("/graphql", body, "application/json", **headers)

    def __call__(self, user, document, **variables):
        response = self.post(user, document, **variables)
        assert response.status_code == 200, response.content.decode()
        return response.json()["data"]

    def refused(self, user, document, **variables):
        response = self.post(user, document, **variables)
        answer = response.json()
        assert answer["data"] is None
        return response.status_code, answer["errors"][0]["message"]


@cache
def sdk_document(name):
    """The text of the operation of this name, as the installed SDK sends it."""
    return packaged_documents().get(name) or recorded_documents()[name]


@cache
def packaged_documents():
    from wandb.apis._generated import operations as public
    from wandb.sdk.artifacts._generated import operations as artifacts

    texts = [
        getattr(module, constant)
        for module in (artifacts, public)
        for constant in dir(module)
        if constant.endswith("_GQL")
    ]
    return {_name_of(text): text for text in texts}


@cache
def recorded_documents():
    """What a short run of the SDK sends, by the name of the operation.

    It is kept in .cache for as long as the SDK, the schema and the recorder are the same.
    """
    parts = (version("wandb"), read_sdl(), getsource(server), Path(__file__).read_text())
    name = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    path = settings.BASE_DIR / ".cache/sdk-documents" / f"{name}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = path.with_suffix(f".{os.getpid()}")
        whole.write_text(json.dumps(_record_documents()))
        whole.replace(path)
    return json.loads(path.read_text())


def _record_documents():
    recorder = Recorder(("127.0.0.1", 0), _Answer)
    threading.Thread(target=recorder.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{recorder.server_port}"
    environment = sdk_environment(address, "k" * 40)
    del environment["WANDB__DISABLE_META"]  # it asks about CoreWeave when it looks at the machine
    try:
        recorder.url = address
        subprocess.run(
            [sys.executable, "-c", _WALK],
            env=environment,
            timeout=60,
            check=True,
            capture_output=True,
        )
    finally:
        recorder.shutdown()
        recorder.server_close()
    return recorder.documents


def sdk_environment(address, key, home=None):
    """The environment of a script that has nothing but the address and the key."""
    import tempfile

    home = str(home or tempfile.mkdtemp(prefix="cairn-sdk-"))
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    places = {
        f"WANDB_{what}_DIR": f"{home}/{what.lower()}"
        for what in ("CACHE", "DATA", "CONFIG", "ARTIFACT")
    }
    return {
        **kept,
        **places,
        "HOME": home,
        "WANDB_DIR": home,
        "WANDB_BASE_URL": address,
        "WANDB_API_KEY": key,
        "WANDB_ERROR_REPORTING": "false",
        "WANDB_SILENT": "true",
        "WANDB_CONSOLE": "off",
        "WANDB__DISABLE_STATS": "true",
        "WANDB__DISABLE_META": "true",
        "WANDB_INIT_TIMEOUT": "20",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


_WALK = """
import os, tempfile, wandb
path = tempfile.mkstemp()[1]
wandb.login(verify=True)
run = wandb.init(entity="e", project="p", id="r", resume="allow")
def artifact(**kwargs):
    made = wandb.Artifact("a", "x", **kwargs)
    made.add_file(path, name="f")
    return made
def attempt(call):
    try:
        call()
    except Exception:
        pass  # the recorder's answers fit the schema, not always the story
first = run.log_artifact(artifact())
attempt(lambda: first.wait(10))
attempt(lambda: run.log_artifact(artifact(incremental=True)).wait(10))
attempt(lambda: run.use_artifact("e/p/a:v0"))
attempt(lambda: run.log_artifact(wandb.Artifact("b", "x", digest_algorithm="XXH128")).wait(5))
api = wandb.Api()
found = api.run("e/p/r")
for call in (
    lambda: found.config, lambda: api.runs("e/p")[0], lambda: api.runs("e/p", lazy=False)[0],
    lambda: list(found.scan_history()), lambda: list(found.scan_history(keys=["x"])),
    lambda: found.history(pandas=False), lambda: found.history(stream="system", pandas=False),
    lambda: found.history(keys=["x"], pandas=False), lambda: found.files()[0].delete(),
    lambda: found.upload_file(path, root=os.path.dirname(path)),
    lambda: list(found.console_logs()), lambda: list(found.console_logs(last=1)),
    lambda: found.stop(), lambda: found.update_state("failed"), lambda: found.delete(True),
    lambda: found.update(), lambda: api.create_run(run_id="q", project="p", entity="e"),
    lambda: run.alert("t", "x"),
):
    attempt(call)
run.finish()
"""


class Recorder(ThreadingHTTPServer):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.documents = {}


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self._body()
        if self.path != "/graphql":
            return self._send({})
        asked = json.loads(body)
        self.server.documents[_name_of(asked["query"])] = asked["query"]
        return self._send(self._made_up(asked))

    def do_PUT(self):
        self._body()
        self._send({})

    def _made_up(self, asked):
        """An answer that fits our schema and says nothing true."""
        result = execute(
            _unbound(),
            parse(asked["query"]),
            variable_values=asked.get("variables"),
            field_resolver=self._value,
            type_resolver=_first_type,
        )
        return {"data": result.data}

    def _value(self, source, info, **_arguments):
        if source and info.field_name in source:
            return source[info.field_name]  # the features are our own
        kind = info.return_type
        while is_non_null_type(kind):
            kind = kind.of_type
        one = self._one(get_named_type(kind), info)
        return [one] if is_list_type(kind) and not isinstance(one, list) else one

    def _one(self, kind, info):
        name, is_query = info.field_name, info.operation.operation.value == "query"
        if name == "uploadMultipartUrls" or (name == "bucket" and is_query):
            return None  # no run to go on with, no file of many parts
        if name == "features":
            return server.server_info(None, info)["features"]
        if name == "state" and is_enum_type(kind):
            return "COMMITTED" if is_query else "PENDING"
        if name == "projectId":
            return "1"
        if name == "hasNextPage":
            return False
        if name in {"parquetUrls", "liveData", "uploadHeaders"}:
            return []
        if name == "historyKeys":
            return {"lastStep": 5}
        if name.endswith("Url"):
            return f"{self.server.url}/put"
        if is_enum_type(kind):
            return next(iter(kind.values))
        made_up = {
            "ID": "QXJ0aWZhY3Q6MQ==",
            "Int": 0,
            "Int64": 0,
            "Boolean": True,
            "JSONString": "{}",
            "DateTime": "2026-01-01T00:00:00Z",
            "String": "x",
        }
        return made_up.get(kind.name, {})

    def _body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, answer):
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle_one_request(self):
        with contextlib.suppress(ConnectionResetError):  # core hangs up as it pleases
            super().handle_one_request()

    def log_message(self, *_arguments):
        """Say nothing."""


@cache
def _unbound():
    return build_schema(read_sdl())


def _first_type(value, info, abstract_type):
    return info.schema.get_possible_types(abstract_type)[0].name


def _name_of(document):
    return re.search(r"(?:query|mutation)\s+(\w+)", document)[1]
