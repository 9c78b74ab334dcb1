"""Whatever is sent, the answer is a 4xx with a sentence: a 5xx would make the SDK wait."""

import base64

import pytest

from registry_site.texts.ids import decode_id, encode_id
from tests import factories
from tests.helpers.graphql import auth_of, key_of, sdk_document


def post(client, body, **headers):
    return client.post("/graphql", body, "application/json", **headers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b"{}",
        b'{"query": 5}',
        b'{"query": "{viewer{id}}", "variables": [1]}',
        b"[" * 100_000,
        b'{"query": "{viewer{id}}", "operationName": "Other"}',
        b'{"query": "\\u0000"}',
        b'{"query": "subscription { x }"}',
        b'{"query": "{"}',
        b'{"query": "{viewer{id} ...F} fragment F on Query {...F}"}',
        b'{"query": "query A {viewer{id}} query B {viewer{id}}"}',
        b'{"query": "{ entity(name: \\"\\\\ud800\\") { id } }"}',
    ],
)
def test_malformed_requests_are_refused(client, api, alice, body):
    api(alice, "{ viewer { id } }")
    response = post(client, body, **auth_of(alice))
    assert 400 <= response.status_code < 500
    assert response["Content-Type"] == "application/json"
    assert response.json()["errors"][0]["message"]


@pytest.mark.parametrize("depth", [30, 2000, 9000])
def test_deep_documents_are_refused(api, alice, depth):
    document = "{ viewer " + "{ organizations " * depth + "{ id }" + "}" * depth + "}"
    status, _message = api.refused(alice, document)
    assert status == 400


def test_fragments_that_multiply_are_refused(api, alice):
    inside = "a: serverInfo { features { name } }"
    parts = [f"fragment F{n} on Query {{ {inside} ...F{n + 1} ...F{n + 1} }}" for n in range(30)]
    document = "{ ...F0 } " + " ".join(parts) + " fragment F30 on Query { viewer { id } }"
    assert api.refused(alice, document)[0] == 400


@pytest.mark.slow
def test_many_lists_in_one_request_are_refused(api, alice, version):
    name = encode_id("Artifact", version.pk)
    lists = " ".join(f"a{n}: usedBy {{ totalCount }}" for n in range(100))
    document = f'{{ artifact(id: "{name}") {{ {lists} }} }}'
    assert api.refused(alice, document) == (400, "One request may read 60 lists at most.")


def test_fields_that_multiply_queries_are_refused(api, alice, version):
    name = encode_id("Artifact", version.pk)
    reads = " ".join(f'a{n}: artifact(id: "{name}") {{ aliases {{ alias }} }}' for n in range(130))
    status, message = api.refused(alice, f"{{ {reads} }}")
    assert (status, message) == (400, "The document asks for too much: 200 queries at most.")


@pytest.mark.parametrize("name", ["x" * 100_000, "x" * 1_000_000])
def test_names_too_long_for_anything_are_nobodys(api, alice, name):
    document = "query Q($name: String) { entity(name: $name) { id } }"
    assert api(alice, document, name=name) == {"entity": None}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Bearer x",
        "Basic " + base64.b64encode(b"api:").decode(),
        "Basic " + base64.b64encode(b"api:" + b"x" * 40).decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + "A" * 5000,
    ],
)
def test_a_bad_key_is_401_and_says_what_to_do(client, cast, header):
    response = post(client, b'{"query": "{viewer{id}}"}', HTTP_AUTHORIZATION=header)
    assert response.status_code == 401
    assert "/authorize" in response.json()["errors"][0]["message"]


def test_a_revoked_key_is_refused(client, api, alice):
    api(alice, "{ viewer { id } }")
    alice.api_keys.all().delete()
    assert post(client, b'{"query": "{viewer{id}}"}', **auth_of(alice)).status_code == 401


def test_keys_of_people_who_left_are_refused(client, api, alice):
    api(alice, "{ viewer { id } }")
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    assert post(client, b'{"query": "{viewer{id}}"}', **auth_of(alice)).status_code == 401


BAD_IDS = [
    "", "x", "!!", "QXJ0aWZhY3Q6", "QXJ0aWZhY3Q6LTE=", "QXJ0aWZhY3Q6MQ", "é", "\u0000",
    encode_id("Run", 1), encode_id("Artifact", 999999), "A" * 10000,
    base64.b64encode(b"Artifact:99999999999999999999999999").decode(),
    base64.b64encode("Artifact:１".encode()).decode(),
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_IDS)
def test_bad_ids_find_nothing(api, alice, bad):
    assert api(alice, sdk_document("ArtifactByID"), id=bad) == {"artifact": None}
    document = sdk_document("UpdateArtifact")
    assert api.refused(alice, document, input={"artifactID": bad})[0] == 404


def test_ids_go_there_and_back():
    assert decode_id(encode_id("Artifact", 77), "Artifact") == 77
    assert decode_id(encode_id("Artifact", 77), "Run") == 0


def test_unknown_input_keys_are_dropped(api, alice, version):
    values = {"artifactID": encode_id("Artifact", version.pk), "description": "d", "newer": [1]}
    answer = api(alice, sdk_document("UpdateArtifact"), input=values)
    assert answer["result"]["artifact"]["description"] == "d"


def test_an_empty_operation_name_is_none(api, alice):
    response = api.post(alice, "query GetDefaultEntity { viewer { entity } }", operation="")
    assert response.json() == {"data": {"viewer": {"entity": "vision"}}}


def test_a_bug_is_400_with_a_report_and_logged(api, alice, monkeypatch, caplog):
    from registry_site.accounts.querysets import OrganizationQuerySet

    monkeypatch.setattr(OrganizationQuerySet, "with_name", lambda *_arguments: 1 / 0)
    status, message = api.refused(alice, '{ organization(name: "Acme") { id } }')
    report = message.rstrip(".").rpartition(" ")[2]
    assert status == 400
    assert report in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_while_the_database_is_away_the_logging_walk_waits(api, alice, version, monkeypatch):
    from django.db import OperationalError

    from artifacts.graphql.versions import creation, usage

    def away(*_arguments, **_more):
        raise OperationalError("database is locked")

    monkeypatch.setattr(creation, "commit_version", away)
    document = """mutation Commit($id: ID!) {
      commitArtifact(input: {artifactID: $id}) { artifact { id } } }"""
    response = api.post(alice, document, id=encode_id("Artifact", version.pk))
    assert response.status_code == 503
    assert response["Retry-After"]
    monkeypatch.setattr(usage, "use_version", away)
    monkeypatch.setattr(usage, "run_at", away)
    values = {"entityName": "vision", "projectName": "iris", "runName": "x", "artifactID": "x"}
    document = "mutation Use($i: UseArtifactInput!) { useArtifact(input: $i) { artifact { id } } }"
    response = api.post(alice, document, i=values)
    assert response.status_code == 503
    assert response["Retry-After"]


def test_get_is_refused(client, cast):
    response = client.get("/graphql")
    assert response.status_code == 400
    assert response.json()["errors"]


def test_messages_are_english(client, api, alice):
    headers = {**auth_of(alice), "HTTP_ACCEPT_LANGUAGE": "ja"}
    api(alice, "{ viewer { id } }")
    response = post(client, b"{", **headers)
    assert response.json()["errors"][0]["message"].startswith("The request is no JSON")


def test_other_peoples_things_are_null(api, charlie, version, registry):
    document = sdk_document("ArtifactByID")
    assert api(charlie, document, id=encode_id("Artifact", version.pk))["artifact"] is None
    document = sdk_document("ArtifactMembershipByName")
    found = api(charlie, document, entity="vision", project="iris", name="iris-model:v0")
    assert found["project"] is None
    assert api(charlie, sdk_document("FetchOrganization"), org="Acme")["organization"] is None
    document = sdk_document("FetchRegistry")
    assert api(charlie, document, name="wandb-registry-model", entity="acme")["entity"] is None


def test_keys_in_tests_are_as_long_as_the_sdk_wants(alice):
    assert len(key_of(alice)) == 40
    assert factories.fresh(alice) == alice
