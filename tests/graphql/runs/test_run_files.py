"""Files of runs over the API: listed, fetched, sent, deleted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from artifacts.models import RunFile
from artifacts.services.runs.control import delete_run
from registry_site.accounts.models import Event
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document

pytestmark = pytest.mark.slow
PLACE = {"entity": "vision", "project": "iris"}


@pytest.fixture
def run(project, alice):
    return factories.make_run(project, alice, name="r1")


@pytest.fixture
def files(run):
    for name in ("a.txt", "b.json", "media/x y.png", "media/ü%_.json"):
        RunFile.objects.create(run=run, name=name, blob=factories.make_blob(name.encode()))
    RunFile.objects.create(run=run, name="announced.txt")
    return run.files


def listed(api, user, *names, **values):
    values = {"fileLimit": 50, "fileNames": list(names)} | values
    found = api(user, sdk_document("RunFiles"), **PLACE, name="r1", **values)
    return found["project"] and found["project"]["run"]


def nodes(found):
    return [edge["node"] for edge in found["files"]["edges"]]


def test_files_that_came(api, victor, client, files):
    found = listed(api, victor)
    assert found["fileCount"] == 4
    assert [node["name"] for node in nodes(found)] == [
        "a.txt",
        "b.json",
        "media/x y.png",
        "media/ü%_.json",
    ]
    first = nodes(found)[0]
    assert (first["sizeBytes"], first["mimetype"]) == (5, "text/plain")
    assert first["md5"] == files.get(name="a.txt").blob.md5
    for address in (first["url"], first["directUrl"]):
        assert address.startswith("http://testserver/storage/download/")
        response = client.get(address.removeprefix("http://testserver"))
        assert b"".join(response.streaming_content) == b"a.txt"


def test_pages(api, victor, files):
    read, cursor = [], None
    for _page in range(2):
        found = listed(api, victor, fileLimit=2, fileCursor=cursor)
        read += [node["name"] for node in nodes(found)]
        cursor = found["files"]["edges"][-1]["cursor"]
    assert read == [
        name
        for name in files.order_by("name").values_list("name", flat=True)
        if name != "announced.txt"
    ]
    assert found["files"]["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"fileNames": ["b.json", "none", "announced.txt"]}, ["b.json"]),
        ({"pattern": "%.json"}, ["b.json", "media/ü%_.json"]),
        ({"pattern": "_.json"}, ["b.json"]),
        ({"pattern": "media/%"}, ["media/x y.png", "media/ü%_.json"]),
        ({"pattern": r"%\%\_%"}, ["media/ü%_.json"]),
        ({"pattern": "A.TXT"}, []),
        ({"pattern": "a.tx"}, []),
        ({"pattern": "a+|[.]"}, []),
    ],
)
def test_names_and_patterns(api, victor, files, values, expected):
    assert [node["name"] for node in nodes(listed(api, victor, **values))] == expected


def test_a_pattern_that_is_too_long(api, victor, files):
    values = {**PLACE, "name": "r1", "pattern": "%a" * 500}
    assert api.refused(victor, sdk_document("RunFiles"), **values)[0] == 400


def test_queries_do_not_grow(api, victor, run):
    def queries(count):
        blob = factories.make_blob()
        RunFile.objects.bulk_create(
            RunFile(run=run, name=f"{count}-{number}", blob=blob) for number in range(count)
        )
        listed(api, victor)
        with CaptureQueriesContext(connection) as asked:
            listed(api, victor)
        return len(asked)

    assert queries(1) == queries(49)


def test_who_sees_them(api, charlie, root, files):
    assert listed(api, charlie) is None
    assert len(nodes(listed(api, root))) == 4
    assert api.post(None, sdk_document("RunFiles"), **PLACE, name="r1").status_code == 401


def mark(*names, run="r1"):
    return {**PLACE, "run": run, "files": list(names)}


def test_a_file_is_sent_and_marked(api, bob, client, run):
    values = mark("d/a.txt")
    made = api(bob, sdk_document("CreateRunFiles"), **values)["createRunFiles"]["files"]
    document = sdk_document("MarkRunFilesUploaded")
    status, message = api.refused(bob, document, **values)
    assert (status, "d/a.txt" in message) == (400, True)
    assert listed(api, bob)["fileCount"] == 0
    client.put(made[0]["uploadUrl"].removeprefix("http://testserver"), b"x", "text/plain")
    for _time in range(2):
        assert api(bob, document, **values)["markRunFilesUploaded"] == {"success": True}
    assert [node["name"] for node in nodes(listed(api, bob, "d/a.txt"))] == ["d/a.txt"]
    run.refresh_from_db()
    assert run.state == "running"


# as it is kept, and ways to write it that mean the same to the SDK
WAYS = [
    ("d/a.txt", ["d/a.txt", "./d/a.txt", "d//a.txt", "d/./a.txt", "d/e/../a.txt", "d/a.txt/",
                 "d\\a.txt", ".\\d\\a.txt"]),
    ("w\\v.txt", ["w\\v.txt", "./w\\v.txt"]),
]  # fmt: skip


@pytest.mark.parametrize(("kept", "ways"), WAYS)
def test_a_name_is_one_however_it_is_written(api, bob, client, run, kept, ways):
    sent = ways if "\\" in kept else [way for way in ways if "\\" not in way]
    made = api(bob, sdk_document("CreateRunFiles"), **mark(*sent))["createRunFiles"]["files"]
    assert [file["name"] for file in made] == sent
    assert run.files.get().name == kept
    client.put(made[-1]["uploadUrl"].removeprefix("http://testserver"), b"x", "text/plain")
    api(bob, sdk_document("MarkRunFilesUploaded"), **mark(*ways))
    for way in ways:
        assert [node["name"] for node in nodes(listed(api, bob, way))] == [kept], way
        client.force_login(bob)
        address = reverse("artifacts:run_file_download", args=["vision", "iris", "r1", way])
        assert client.get(address).status_code == 302, way


def test_a_backslash_is_a_folder_only_where_no_name_has_it(api, bob, run):
    for name in ("w/v", "w\\v"):
        RunFile.objects.create(run=run, name=name, blob=factories.make_blob(name.encode()))
    assert [node["name"] for node in nodes(listed(api, bob, "w\\v"))] == ["w\\v"]


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/x", "a/../../x", "..\\x", "\\x", "c:/x"])
def test_a_name_that_leads_out_is_refused_and_found_nowhere(api, bob, files, name):
    assert api.refused(bob, sdk_document("CreateRunFiles"), **mark(name))[0] == 400
    assert nodes(listed(api, bob, name)) == []


@pytest.mark.parametrize("name", ["CreateRunFiles", "MarkRunFilesUploaded"])
def test_who_may_send(api, victor, charlie, bob, files, name):
    document = sdk_document(name)
    assert api.refused(victor, document, **mark("a.txt"))[0] == 403
    assert api.refused(charlie, document, **mark("a.txt"))[0] == 404
    assert api.refused(bob, document, **mark("a.txt", run="none"))[0] == 404
    assert api.post(None, document, **mark("a.txt")).status_code == 401


def ids(files, *names):
    return [encode_id("RunFile", files.get(name=name).pk) for name in names]


def delete(api, user, numbers, project):
    values = {"files": numbers, "projectId": project.pk if project else None}
    return api.post(user, sdk_document("deleteFiles"), **values)


def test_files_are_deleted(api, bob, project, run, files):
    numbers = ids(files, "a.txt", "b.json")
    for _time in range(2):  # the second time they are gone
        assert delete(api, bob, numbers, project).json()["data"]["deleteFiles"]["success"] is True
    assert not files.filter(name__in=["a.txt", "b.json"]).exists()
    assert files.count() == 3
    event = Event.objects.get(kind="run_file")
    assert (event.verb, event.before) == ("delete", {"files": ["a.txt", "b.json"]})
    assert (event.subject, event.actor) == ("vision/iris/r1", bob)


def test_files_are_deleted_without_the_projects_number(api, bob, files):
    assert delete(api, bob, ids(files, "a.txt"), None).status_code == 200
    assert not files.filter(name="a.txt").exists()


@pytest.mark.parametrize("with_project", [True, False])
def test_files_of_a_run_in_the_trash_stay(api, bob, project, run, files, with_project):
    numbers = ids(files, "a.txt")
    delete_run(by=bob, run=run)
    assert delete(api, bob, numbers, project if with_project else None).status_code == 200
    assert RunFile.objects.filter(run=run).count() == 5
    assert not Event.objects.filter(kind="run_file").exists()


def test_files_of_another_project_stay(api, bob, vision, acme, files):
    other = factories.make_project(vision, "other")
    assert delete(api, bob, ids(files, "a.txt"), other).status_code == 200
    secret = factories.make_project(factories.make_team("nlp", acme), "secret")
    assert delete(api, bob, ids(files, "a.txt"), secret).status_code == 404
    assert files.filter(name="a.txt").exists()


def test_who_may_delete(api, victor, charlie, project, files):
    numbers = ids(files, "a.txt")
    for number in (project, None):
        response = delete(api, victor, numbers, number)
        assert response.status_code == 403
        assert "needs the role Member" in response.json()["errors"][0]["message"]
        assert delete(api, charlie, numbers, number).status_code == 404
        assert delete(api, None, numbers, number).status_code == 401
    assert delete(api, charlie, ["x", encode_id("File", 1)], None).status_code == 404
    assert files.count() == 5
