"""The table of registry_site/errors.py, cell by cell: what is raised × the door it is raised at."""

import errno
import json
import sqlite3

import pytest
from django.db import DataError, InterfaceError, OperationalError, connection

from artifacts.models import ArtifactFile, RunFile
from artifacts.signing import download_path, upload_path
from artifacts.store import folder_parts, receiving
from registry_site import errors
from registry_site.accounts.services.keys.api_keys import set_api_key
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import auth_of, key_of

RAISED = {
    "Invalid": errors.Invalid("It can't be so."),
    "Denied": errors.Denied("You may not."),
    "NotFound": errors.NotFound("It is not there."),
    "Conflict": errors.Conflict("Not now."),
    "Unavailable": errors.Unavailable("The disk is full."),
    "DataError": DataError("value too long"),
    "OperationalError": OperationalError("database is locked"),
    "InterfaceError": InterfaceError("connection already closed"),
    "bug": ZeroDivisionError("division by zero"),
    "disk full": OSError(errno.ENOSPC, "No space left on device"),
    "OSError": FileNotFoundError(errno.ENOENT, "No such file"),  # not through the store: a bug
    "RecursionError": RecursionError("too deep"),
}
REFUSALS = {"Invalid": 400, "Denied": 403, "NotFound": 404, "Conflict": 409, "DataError": 400}
PASSING = {"Unavailable", "OperationalError", "InterfaceError", "disk full"}
# door -> what is replaced by something that raises
DOORS = {
    "query": "artifacts.graphql.projects.entities.default_entity_of",
    "mutation": "artifacts.graphql.versions.versions.reach_version",
    "commit": "artifacts.graphql.versions.creation.reach_version",
    "complete": "artifacts.graphql.files.multipart.complete_upload",
    "file_stream": "artifacts.views.sdk.streams.reach_run_to_log",
    "upload": "artifacts.services.files.uploads.attach_blob",
    "upload of a part": "artifacts.store.folder_parts.FolderParts.save",
    "upload of a run's file": "artifacts.services.files.uploads.save_blob",
    "download": "artifacts.views.sdk.transfers.send_blob",
    "artifactsV2": "artifacts.views.sdk.transfers.downloadable_file",
    "authentication": "registry_site.api.api_key_of_request",
    "authentication of a commit": "registry_site.api.api_key_of_request",
    "authentication of a query": "registry_site.api.api_key_of_request",
}
WAIT = DOORS.keys() - {"mutation", "authentication", "download", "artifactsV2"}
QUERY = "{ entity { id } }"
UPDATE = "mutation { updateArtifact(input: {artifactID: 1}) { __typename } }"
COMMIT = "mutation { commitArtifact(input: {artifactID: 1}) { __typename } }"
COMPLETE = """mutation { completeMultipartUploadArtifact(input: {completeMultipartAction: Complete,
  completedParts: [], artifactID: 1, storagePath: "", uploadID: "1"}) { __typename } }"""


@pytest.fixture
def knock(client, alice, project, sequence):
    """`knock(door)` sends the request that comes to this door."""
    set_api_key(by=None, user=alice, name="test", text=key_of(alice))
    run = factories.make_run(project, alice, name="r1")
    begun = factories.models.Version.objects.create(sequence=sequence, digest="0")
    file = ArtifactFile.objects.create(
        version=begun, path="a", md5="m", digest="m", part_sums=["0" * 32]
    )
    run_file = RunFile.objects.create(run=run, name="a")
    auth = auth_of(alice)

    def graphql(document):
        return client.post("/graphql", {"query": document}, "application/json", **auth)

    def put(*where):
        return client.put(upload_path(*where), b"x")

    blob = download_path(factories.make_blob().sha256, "a")
    digest = f"/artifactsV2/default/vision/iris/iris-model/{encode_id('Artifact', 1)}/00/a"
    doors = {
        "query": lambda: graphql(QUERY),
        "mutation": lambda: graphql(UPDATE),
        "commit": lambda: graphql(COMMIT),
        "complete": lambda: graphql(COMPLETE),
        "file_stream": lambda: client.post(
            "/files/vision/iris/r1/file_stream", {}, "application/json", **auth
        ),
        "upload": lambda: put("file", file.pk),
        "upload of a part": lambda: put("part", file.pk, 1),
        "upload of a run's file": lambda: put("run_file", run_file.pk),
        "download": lambda: client.get(blob),
        "artifactsV2": lambda: client.get(digest, **auth),
        "authentication": lambda: graphql(UPDATE),
        "authentication of a commit": lambda: graphql(COMMIT),
        "authentication of a query": lambda: graphql(QUERY),
    }
    return lambda door: doors[door]()


def raising(error):
    def broken(*_arguments, **_more):
        raise error

    return broken


@pytest.mark.parametrize("door", DOORS)
def test_what_is_raised_at(knock, door, monkeypatch, caplog):
    for name, error in RAISED.items():
        monkeypatch.setattr(DOORS[door], raising(error))
        caplog.clear()
        response = knock(door)
        expected = REFUSALS.get(name, 503 if name in PASSING and door in WAIT else 400)
        assert response.status_code == expected, (name, response.content)
        assert ("Retry-After" in response) is (expected == 503)
        answer = json.loads(response.content)
        assert answer.keys() == {"errors", "data"}
        assert answer["data"] is None
        (told,) = answer["errors"]
        if response.request["PATH_INFO"] != "/graphql":
            assert response.reason_phrase == told["message"]
        assert told["message"].endswith(".")
        assert_logged(name, told["message"], caplog)


def assert_logged(name, message, caplog):
    """A refusal goes to the client as it is; of a bug the client gets its number only."""
    if isinstance(RAISED[name], errors.DomainError):
        assert message == RAISED[name].message
    elif name in {"bug", "OSError", "RecursionError"}:
        report = message.rstrip(".").rpartition(" ")[2]
        (record,) = [each for each in caplog.records if each.name == "registry_site.http.refusals"]
        assert report in record.getMessage()
        assert record.exc_info[1] is RAISED[name]
        assert str(RAISED[name]) not in message
    else:
        assert str(RAISED[name]) not in message


@pytest.mark.parametrize("door", ["upload", "upload of a part", "upload of a run's file"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_no_more(knock, door, number, monkeypatch, settings):
    """Nothing stays behind, and the same request works when the trouble has passed."""

    def full(*_arguments):
        raise OSError(number, "no")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "copy", full)
        patch.setattr(folder_parts, "copy", full)
        response = knock(door)
    assert response.status_code == 503
    assert response.json()["errors"][0]["message"].endswith("can't be written now; try again.")
    assert not [
        path for path in (settings.STORAGE_FOLDER / "incoming").rglob("*") if path.is_file()
    ]
    assert knock(door).status_code == (200 if door == "upload of a run's file" else 400)


@pytest.mark.parametrize("name", [*REFUSALS, "Unavailable"])
def test_pages_tell_the_sentence(client, alice, vision, name, monkeypatch):
    client.force_login(alice)
    monkeypatch.setattr("artifacts.views.project.entities._entity_at", raising(RAISED[name]))
    response = client.get("/vision")
    assert response.status_code == REFUSALS.get(name, 503)
    if isinstance(RAISED[name], errors.DomainError):
        assert RAISED[name].message in response.content.decode().replace("&#x27;", "'")


def test_pages_say_500_of_what_is_none_of_ours(client, alice, vision, monkeypatch):
    client.force_login(alice)
    client.raise_request_exception = False
    monkeypatch.setattr("artifacts.views.project.entities._entity_at", raising(RAISED["bug"]))
    response = client.get("/vision")
    assert response.status_code == 500
    assert str(RAISED["bug"]) not in response.content.decode()


@pytest.mark.parametrize("address", ["/vision", "/login", "/", "/readyz"])
@pytest.mark.parametrize("name", ["OperationalError", "InterfaceError"])
def test_pages_while_the_database_is_away(client, alice, vision, name, address):
    """Wherever it is asked first: the session's, the person's, the page's own question."""
    client.force_login(alice)
    client.raise_request_exception = False
    with connection.execute_wrapper(raising(RAISED[name])):
        response = client.get(address)
    assert response.status_code == 503
    assert "not " in response.text
    assert str(RAISED[name]) not in response.text
    if address != "/readyz":
        assert response["Retry-After"]


@pytest.mark.django_db(transaction=True)
def test_a_login_while_the_database_is_away(client):
    factories.make_user("alice", password="correct-horse")
    form = {"username": "alice", "password": "correct-horse"}
    client.raise_request_exception = False
    with connection.execute_wrapper(raising(RAISED["OperationalError"])):
        response = client.post("/login", form)
    assert response.status_code == 503
    assert "database is not available now" in response.text
    assert "correct-horse" not in response.text
    assert client.post("/login", form).status_code == 302


def test_a_text_that_was_sent_is_shown_again(client, alice, version, monkeypatch):
    client.force_login(alice)
    monkeypatch.setattr(
        "artifacts.views.version.description.update_version", raising(RAISED["disk full"])
    )
    text = "Softmax over petals. " * 10
    response = client.post(
        f"/-/memberships/{version.memberships.get().pk}/description",
        {"description": text},
        headers={"Origin": "http://testserver"},
    )
    assert response.status_code == 503
    assert text in response.text


@pytest.mark.parametrize(
    ("code", "passes"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_BUSY | 2 << 8, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_CANTOPEN, True),
        (sqlite3.SQLITE_ERROR, False),
    ],
)
def test_what_passes_of_sqlite(code, passes):
    """Wrong SQL is an OperationalError, too, and no waiting mends it."""
    cause = sqlite3.OperationalError("…")
    cause.sqlite_errorcode = code
    assert_passes(cause, passes)


@pytest.mark.parametrize(
    ("state", "passes"),
    [
        (None, True),
        ("08006", True),
        ("57P01", True),
        ("53300", True),
        ("55P03", True),
        ("40P01", True),
        ("42P01", False),
        ("54001", False),
    ],
)
def test_what_passes_of_postgresql(state, passes):
    cause = type("Error", (Exception,), {"sqlstate": state})()
    assert_passes(cause, passes)


def assert_passes(cause, passes):
    error = OperationalError("…")
    error.__cause__ = cause
    assert isinstance(errors.refusal_of(error), errors.Unavailable) is passes


METHODS = ["get", "put", "post", "delete", "patch", "options", "head", "trace"]
ADDRESSES = [
    "/graphql", "/files/vision/iris/r1/file_stream", "/storage/upload/x", "/storage/download/x/y",
    "/artifactsV2/default/vision/iris/c/x/00/f", "/artifactsV2/default/vision/iris/c/x/x/00/f",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_method_is_405(client, alice, address):
    """wandb 0.31 repeats that, as it repeats 5xx."""
    for method in METHODS:
        response = getattr(client, method)(address)
        assert 400 <= response.status_code < 500, method
        assert response.status_code not in (405, 408, 425, 429), method
        assert method == "head" or response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("query Q { triggers { id } }", "triggers (Q) yet."),
        ("query Q { viewer { triggers } }", "User.triggers (Q) yet."),
        ("{ viewer { triggers } }", "User.triggers yet."),
        ("query Q { viewer(by: 1) { id } }", "viewer(by:) (Q) yet."),
        (
            'query Q { project(name: "p", x: 1) { run(name: "r", y: 2) { id } } }',
            "project(x:) (Q) yet.",
        ),
        (
            'query Q { project(name: "p") { run(name: "r", y: 2) { id } } }',
            "Project.run(y:) (Q) yet.",
        ),
        ("query Q { viewer { id ... on Robot { id } } }", "Robot (Q) yet."),
        (
            "mutation M($i: RobotInput!) { deleteRun(input: $i) { clientMutationId } }",
            "RobotInput (M) yet.",
        ),
        (
            'mutation M { deleteRun(input: {id: "x", soon: true}) { clientMutationId } }',
            "DeleteRunInput.soon (M) yet.",
        ),
        (
            "mutation M { notifyScriptableRunAlert(input: {severity: BAD}) { success } }",
            "AlertSeverity.BAD (M) yet.",
        ),
        ("query Q { viewer { sweeps } }", "User.sweeps (Q): it has no sweeps."),
        ("mutation M { upsertSweep(input: 1) { id } }", "upsertSweep (M): it has no sweeps."),
        ("mutation M { createAgent(input: 1) { id } }", "createAgent (M): it has no sweeps."),
        (
            "mutation M { launchAgent(input: 1) { id } }",
            "launchAgent (M): it has no launch queues.",
        ),
        ("mutation M { upsertView(input: 1) { id } }", "upsertView (M): it has no reports."),
    ],
)
def test_what_is_not_offered_is_named(client, alice, document, sentence):
    set_api_key(by=None, user=alice, name="test", text=key_of(alice))
    response = client.post("/graphql", {"query": document}, "application/json", **auth_of(alice))
    assert response.status_code == 400
    sentence = f"This server does not offer {sentence}"
    assert response.json() == {"errors": [{"message": sentence}], "data": None}


def test_a_status_line_is_one_line(knock, monkeypatch):
    """It quotes what was sent, so nothing in it may begin a header."""
    error = errors.NotFound("No file “a\r\nSet-Cookie: b”." + "c" * 500)
    monkeypatch.setattr(DOORS["artifactsV2"], raising(error))
    reason = knock("artifactsV2").reason_phrase
    assert reason.startswith("No file ?a??Set-Cookie: b?.ccc")
    assert len(reason) == 200
