"""The server as scripts/run starts it, on SQLite: many transfers at once, and killed in between."""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.graphql.versions.test_logging import manifest_of, md5

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
KEY = "k" * 40
CLIENTS = 128  # what core opens at once (wandb 0.31)
PEOPLE = {
    "users": [{"username": "ana", "email": "ana@example.com", "api_keys": [KEY]}],
    "organizations": [{"name": "Bloom", "members": [{"username": "ana", "role": "admin"}]}],
    "teams": [{"name": "flowers", "organization": "Bloom",
               "members": [{"username": "ana", "role": "admin"}]}],
}  # fmt: skip
CREATE = """mutation ($input: CreateArtifactInput!) {
  createArtifact(input: $input) { artifact { id state } } }"""
FILES = """mutation ($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) { files { edges { node { uploadUrl } } } } }"""
MANIFEST = """mutation ($input: CreateArtifactManifestInput!) {
  createArtifactManifest(input: $input) { artifactManifest { file { uploadUrl } } } }"""
COMMIT = "mutation ($id: ID!) { commitArtifact(input: {artifactID: $id}) { artifact { digest } } }"
READ = """query ($name: String!) { project(name: "p", entityName: "flowers") {
  artifactCollectionMembership(name: $name) { files(first: 5000) { edges { node {
    name directUrl } } } } } }"""


_prepared = []  # the file of a database with its people


class Server:
    """A gunicorn of its own, and a client that repeats what failed, as core does."""

    def __init__(self, folder, *, has_static_files=False, **environment):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "DEMO": "0",
            "SECRET_KEY": "x" * 50,
            "DATABASE_URL": "",
            **environment,
        }
        self.log_file = folder / "server.log"
        self._prepare(folder)
        if has_static_files:  # it reads at its start which there are
            self.manage("collectstatic", "--noinput", "--verbosity=0")
        self.statuses, self.local, self.connections = [], threading.local(), []
        self.start()

    def _prepare(self, folder):
        """Give it its tables and people; on SQLite the same file for all of this process."""
        database = folder / "cairn.sqlite3"
        if not self.environment["DATABASE_URL"] and _prepared:
            database.write_bytes(_prepared[0])
            return
        (folder / "people.json").write_text(json.dumps(PEOPLE))
        self.manage("migrate", "--verbosity=0")
        self.manage("provision", str(folder / "people.json"))
        if database.exists():
            _prepared.append(database.read_bytes())

    def stop(self):
        for connection in self.connections:
            connection.close()
        self.process.terminate()
        self.process.wait(30)

    close = stop

    def wait(self):
        """Return once it answers."""
        for _try in range(300):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            time.sleep(0.1)
        raise AssertionError(self.log_file.read_text())

    def manage(self, *command):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "--config", "scripts/gunicorn.conf.py"]
        with self.log_file.open("a") as log:
            self.process = subprocess.Popen(
                [*command, "registry_site.wsgi"],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def kill(self):
        """Kill all its processes at once, as a machine does that fails, and start it again."""
        for pid in (self.process.pid, *self.workers()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.start()

    def workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def request(self, method, path, body=None, headers=None):
        """Send until it is answered; every answer's status is noted."""
        until = time.monotonic() + 60
        while True:
            try:
                connection = self.local.connection
            except AttributeError:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                self.local.connection = connection
                self.connections.append(connection)
            try:
                connection.request(method, path, body, headers or {})
                response = connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                assert time.monotonic() < until, "The server does not answer."
                time.sleep(0.1)
                continue
            self.statuses.append(response.status)
            assert response.status == 200, content
            return content

    def ask(self, query, **variables):
        credentials = base64.b64encode(f"api:{KEY}".encode()).decode()
        body = json.dumps({"query": query, "variables": variables, "operationName": ""})
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        return json.loads(self.request("POST", "/graphql", body, headers))["data"]

    def log(self, name, files, meanwhile=lambda: None):
        """Log files by `CLIENTS` connections; `meanwhile` runs when half of them are sent."""
        where = {"entityName": "flowers", "projectName": "p"}
        made = self.ask(
            CREATE,
            input={
                **where,
                "artifactTypeName": "dataset",
                "artifactCollectionName": name,
                "digest": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
            },
        )
        artifact = made["createArtifact"]["artifact"]
        specs = [
            {"artifactID": artifact["id"], "name": path, "md5": md5(content)}
            for path, content in files.items()
        ]
        answer = self.ask(FILES, input={"artifactFiles": specs, "storageLayout": "V2"})
        nodes = [edge["node"] for edge in answer["createArtifactFiles"]["files"]["edges"]]
        half = threading.Semaphore(0)

        def put(node, content):
            self.request("PUT", urlsplit(node["uploadUrl"]).path, content)
            half.release()

        with ThreadPoolExecutor(CLIENTS) as pool:
            sent = [pool.submit(put, *each) for each in zip(nodes, files.values(), strict=True)]
            for _one in range(len(sent) // 2):
                half.acquire(timeout=60)
            meanwhile()
            for each in sent:
                each.result()
        content = manifest_of(artifact, files)
        announced = self.ask(
            MANIFEST,
            input={
                **where,
                "artifactID": artifact["id"],
                "name": "m",
                "digest": md5(content),
                "runName": "r",
                "type": "FULL",
            },
        )["createArtifactManifest"]["artifactManifest"]
        self.request("PUT", urlsplit(announced["file"]["uploadUrl"]).path, content)
        return self.ask(COMMIT, id=artifact["id"])

    def read(self, name):
        """All files of a version, by `CLIENTS` connections."""
        project = self.ask(READ, name=name)["project"]
        edges = project["artifactCollectionMembership"]["files"]["edges"]
        addresses = {edge["node"]["name"]: edge["node"]["directUrl"] for edge in edges}
        with ThreadPoolExecutor(CLIENTS) as pool:
            contents = pool.map(
                lambda url: self.request("GET", urlsplit(url).path), addresses.values()
            )
            return dict(zip(addresses, contents, strict=True))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


def files_of(name, count=2 * CLIENTS):
    return {f"{name}/{number:03}": f"{name} {number} ".encode() * 300 for number in range(count)}


def test_128_transfers_at_once(server):
    """No “database is locked”, nothing but 200."""
    files = files_of("many")
    others = [
        threading.Thread(target=server.log, args=[f"other{n}", files_of(f"other{n}", 10)])
        for n in range(3)
    ]
    for other in others:
        other.start()
    server.log("many", files)
    for other in others:
        other.join()
    assert server.read("many:v0") == files
    assert set(server.statuses) == {200}


def test_killed_while_files_arrive(server):
    """Workers are killed and come again; then the whole server."""
    files = files_of("killed")

    def kill_workers():
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)

    server.log("killed", files, meanwhile=kill_workers)
    assert server.read("killed:v0") == files
    again = files_of("again")
    server.log("again", again, meanwhile=server.kill)
    assert server.read("again:v0") == again
    assert set(server.statuses) == {200}


@pytest.mark.parametrize("size", [1000, 40_000, 100_000, 3_000_000])
def test_who_is_refused_before_the_body_is_read_learns_whether_to_go_on(server, size):
    """A client sends its next request where the answer didn't say that the connection ends."""
    server.wait()
    for _repetition in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request("PUT", "/storage/upload/forged", b"x" * size)
        answer = connection.getresponse()
        answer.read()
        assert 400 <= answer.status < 500
        assert answer.will_close == (size > 32 * 1024)
        connection.request("GET", "/healthz")  # opens a new one where that ended
        assert connection.getresponse().status == 200
        connection.close()
