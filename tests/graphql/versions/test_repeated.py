"""Each mutation of logging sent again, because its answer was lost, and many times at once.

wandb 0.31 repeats a request after 30 s, while the first may still be at work.
"""

import itertools
import json
from functools import partial

import pytest
from django.db import OperationalError, connection
from django.test import Client

from artifacts.models import (
    Alias,
    ArtifactFile,
    Membership,
    Run,
    RunFile,
    RunInput,
    RunOutput,
    Version,
    VersionTag,
)
from registry_site.accounts.models import Event
from registry_site.accounts.services.keys.api_keys import set_api_key
from registry_site.texts.ids import encode_id
from tests.artifacts.versions.test_services_concurrency import at_once
from tests.graphql.versions.test_logging import manifest_of, md5
from tests.helpers.graphql import auth_of, key_of, sdk_document

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TIMES = 4
FILES = {"a.txt": b"hello", "b/c": b""}
WHERE = {"entityName": "vision", "projectName": "iris"}


class Repeater:
    """Sends each document `TIMES` times, one after the other or all at once."""

    def __init__(self, user, together):
        self.user, self.together = user, together
        set_api_key(by=None, user=user, name="test", text=key_of(user))

    def __call__(self, name, /, **variables):
        """The answers' data, which must be alike but for ids of rows that nobody looks at."""
        body = {"query": sdk_document(name), "variables": variables, "operationName": ""}
        return [
            json.loads(answer.content)["data"] for answer in self.send("post", "/graphql", body)
        ]

    def put(self, url, content):
        return self.send("put", url.removeprefix("http://testserver"), content)

    def send(self, method, path, body):
        answers = []

        def once():
            kind = "application/json" if method == "post" else "application/octet-stream"
            send = getattr(Client(), method)
            answers.append(send(path, body, kind, **auth_of(self.user)))

        if self.together:
            at_once([once] * TIMES)
        else:
            for _time in range(TIMES):
                once()
        for answer in answers:
            assert answer.status_code == 200, answer.content
        return answers


class Stumbler(Repeater):
    """Sends each document until no query of it fails: first its first one does, then its second …

    As the client does while the database comes and goes; `together` says nothing here.
    """

    def send(self, method, path, body):
        kind = "application/json" if method == "post" else "application/octet-stream"
        for number in itertools.count(1):
            with connection.execute_wrapper(FailAt(number)):
                answer = getattr(Client(), method)(path, body, kind, **auth_of(self.user))
            if answer.status_code == 200:
                assert number > 1
                return [answer]
            assert "not available now" in answer.json()["errors"][0]["message"]
            assert answer.status_code == (400 if self.is_edit(body) else 503)
        return []

    @staticmethod
    def is_edit(body):
        """What is no part of logging and linking isn't told to come again."""
        query = body["query"] if isinstance(body, dict) else ""
        return any(name in query for name in ("addAliases", "deleteAliases", "updateArtifact("))


class FailAt:
    """Lets queries pass, but for the one of this number."""

    def __init__(self, number):
        self.left = number

    def __call__(self, execute, *arguments):
        self.left -= 1
        if not self.left:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(*arguments)


@pytest.fixture(params=["one after the other", "at once", "after trouble"])
def repeat(request, alice, project, registry):
    sender = Stumbler if request.param == "after trouble" else Repeater
    return sender(alice, request.param == "at once")


def same(answers):
    """The one answer that all are."""
    first, *others = answers
    assert all(other == first for other in others), answers
    return first


def begin_run(repeat):
    answers = repeat(
        "UpsertBucket",
        name="r1",
        project="iris",
        entity="vision",
        config="{}",
        id=None,
        groupName=None,
        description=None,
        displayName="named",
        notes=None,
        commit=None,
        host=None,
        debug=None,
        program=None,
        repo=None,
        jobType=None,
        state=None,
        sweep=None,
        tags=None,
        summaryMetrics=None,
    )
    assert len({answer["upsertBucket"]["bucket"]["id"] for answer in answers}) == 1
    return answers[0]["upsertBucket"]["bucket"]


def begin_version(repeat):
    values = {
        **WHERE,
        "artifactTypeName": "model",
        "artifactCollectionName": "new",
        "runName": "r1",
        "digest": "0" * 32,
        "digestAlgorithm": "MANIFEST_MD5",
        "clientID": "c" * 128,
        "sequenceClientID": "s" * 128,
        "enableDigestDeduplication": True,
        "aliases": [{"alias": name, "artifactCollectionName": "new"} for name in ("latest", "b")],
        "tags": [{"tagName": "t"}],
    }
    return same(repeat("CreateArtifact", input=values))["createArtifact"]["artifact"]


def upload(repeat, artifact):
    specs = [
        {"artifactID": artifact["id"], "name": path, "md5": md5(content)}
        for path, content in FILES.items()
    ]
    answers = repeat("CreateArtifactFiles", input={"artifactFiles": specs, "storageLayout": "V2"})
    for answer in answers:
        nodes = [edge["node"] for edge in answer["createArtifactFiles"]["files"]["edges"]]
        for node, content in zip(nodes, FILES.values(), strict=True):
            if node["uploadUrl"]:
                repeat.put(node["uploadUrl"], content)
    content = manifest_of(artifact, FILES)
    answers = repeat(
        "CreateArtifactManifest",
        artifactID=artifact["id"],
        name="m",
        digest=md5(content),
        runName="r1",
        manifestType="FULL",
        includeUpload=True,
        **WHERE,
    )
    for answer in answers[:2]:
        file = answer["createArtifactManifest"]["artifactManifest"]["file"]
        repeat.put(file["uploadUrl"], content)


def test_a_version_is_logged_linked_named_and_used_once(repeat, registry):
    begin_run(repeat)
    files = ["output.log", "config.yaml"]
    answers = repeat("CreateRunFiles", entity="vision", project="iris", run="r1", files=files)
    for node in same_names(answers):
        repeat.put(node["uploadUrl"], b"log")
    artifact = begin_version(repeat)
    upload(repeat, artifact)
    same(repeat("CommitArtifact", artifactID=artifact["id"]))
    version = Version.objects.get()
    assert (version.state, version.version_index, version.entries.count()) == ("COMMITTED", 0, 2)
    assert begin_version(repeat)["state"] == "COMMITTED"
    link = {
        "artifactID": artifact["id"],
        "artifactPortfolioName": "c",
        "entityName": "acme",
        "projectName": "wandb-registry-model",
        "aliases": [{"alias": "good", "artifactCollectionName": "c"}],
    }
    assert {answer["result"]["versionIndex"] for answer in repeat("LinkArtifact", input=link)} == {
        0
    }
    same(repeat("UseArtifact", artifactID=artifact["id"], runName="r1", **WHERE))
    counts = {
        model: model.objects.count()
        for model in (Run, RunFile, RunInput, RunOutput, Membership, ArtifactFile, VersionTag)
    }
    assert counts == {
        Run: 1,
        RunFile: 2,
        RunInput: 1,
        RunOutput: 1,
        Membership: 2,
        ArtifactFile: 2,
        VersionTag: 1,
    }
    assert sorted(Alias.objects.values_list("name", flat=True)) == ["b", "good"]
    happened = Event.objects.filter(kind__in=["version", "collection"])
    verbs = sorted(happened.values_list("verb", flat=True))
    assert verbs == ["add_alias", "add_alias", "create", "create", "link"], verbs


def same_names(answers):
    nodes = [answer["createRunFiles"]["files"] for answer in answers]
    assert len({json.dumps([node["name"] for node in each]) for each in nodes}) == 1
    return nodes[0]


def test_labels_come_and_go_once(repeat, version, registry):
    artifact_id = encode_id("Artifact", version.pk)
    alias = {**WHERE, "artifactCollectionName": "iris-model", "alias": "best"}
    labels = {"input": {"artifactID": artifact_id, "aliases": [alias]}}
    for name, count in (("AddAliases", 1), ("DeleteAliases", 0)):
        repeat(name, **labels)
        assert Alias.objects.count() == count
    changes = {
        "artifactID": artifact_id,
        "description": "words",
        "metadata": '{"k": 1}',
        "tagsToAdd": [{"tagName": "t"}],
    }
    same(map(partial(_without, "updatedAt"), repeat("UpdateArtifact", input=changes)))
    version.refresh_from_db()
    assert (version.description, version.metadata) == ("words", {"k": 1})
    assert VersionTag.objects.count() == 1


def _without(name, value):
    """The answer without what may differ: when it was changed."""
    if isinstance(value, dict):
        return {key: _without(name, each) for key, each in value.items() if key != name}
    return [_without(name, each) for each in value] if isinstance(value, list) else value
