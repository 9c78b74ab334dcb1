"""Rules of the protocol that show in no single operation of the other files."""

import pytest
from django.test import Client

from artifacts.models import Version
from artifacts.signing import read_upload_token
from tests.graphql.versions.test_lists import collections, registries
from tests.graphql.versions.test_logging import Logger, manifest_of, md5
from tests.graphql.versions.test_version_lists import artifacts, versions
from tests.helpers.graphql import sdk_document
from tests.helpers.shelf import make_shelf


@pytest.fixture
def logger(api, client, alice, project):
    return Logger(api, client, alice)


@pytest.mark.parametrize("read", [registries, collections, versions, artifacts])
def test_after_the_last_row_there_is_no_next_page(api, alice, acme, sequence, read):
    """wandb 0.31 would ask for ever, given an empty page that has a next one."""
    make_shelf(acme, sequence, alice)
    page = read(api, alice)
    assert page["edges"]
    assert not page["pageInfo"]["hasNextPage"]
    after = read(api, alice, cursor=page["pageInfo"]["endCursor"])
    assert (after["edges"], after["pageInfo"]["hasNextPage"]) == ([], False)


def test_files_are_answered_in_the_order_in_which_they_are_announced(logger):
    """wandb 0.31 matches by position, and asks again for what it asked before."""
    artifact = logger.create()
    names = ["z", "a", "m/z", "a", "ü", "z"]
    specs = [
        {"artifactID": artifact["id"], "name": name, "md5": md5(name.encode())} for name in names
    ]
    answer = logger.api(
        logger.user, sdk_document("CreateArtifactFiles"), input={"artifactFiles": specs}
    )
    nodes = [edge["node"] for edge in answer["createArtifactFiles"]["files"]["edges"]]
    assert [node["artifact"]["id"] for node in nodes] == [artifact["id"]] * len(names)
    for name, node in zip(names, nodes, strict=True):
        logger.put(node["uploadUrl"], name.encode())  # refused where the sum is another's
    rows = {read_upload_token(node["uploadUrl"].rpartition("/")[2]) for node in nodes}
    assert len(rows) == len(set(names))


@pytest.mark.parametrize(("given", "told"), [(5, 5), (0, None), (None, None)])
def test_the_step_of_a_run_is_told_with_what_it_logged(logger, api, alice, given, told):
    done = logger.log({"a": b"1"}, historyStep=given)
    assert (
        api(alice, sdk_document("ArtifactByID"), id=done["id"])["artifact"]["historyStep"] == told
    )


def test_an_artifact_may_have_no_files(logger, api, alice):
    """Nothing is announced then (wandb 0.31), and there may be metadata alone."""
    artifact = logger.create()
    logger.manifest(artifact, manifest_of(artifact, {}))
    logger.commit(artifact)
    found = api(alice, sdk_document("ArtifactByID"), id=artifact["id"])["artifact"]
    assert [found[key] for key in ("state", "size", "fileCount")] == ["COMMITTED", 0, 0]


def test_what_was_begun_and_never_committed_is_in_no_list(logger, api, alice):
    """`wandb artifact ls` would show a collection with no version."""
    logger.create()
    where = {"entity": "vision", "project": "iris"}
    answer = api(alice, sdk_document("ProjectArtifactCollections"), **where)
    assert answer["project"]["artifactCollections"] == {
        "totalCount": 0,
        "edges": [],
        "pageInfo": {"__typename": "PageInfo", "endCursor": None, "hasNextPage": False},
    }
    assert Version.objects.get().state == "PENDING"


@pytest.mark.parametrize("path", ["/graphql", "/files/vision/iris/r1/file_stream"])
def test_no_address_of_the_sdk_redirects_or_wants_a_token(alice, path):
    """A redirected POST loses its body."""
    client = Client(enforce_csrf_checks=True)
    for address in (path, f"{path}/"):
        response = client.post(address, b"{}", "application/json")
        assert response.status_code in {401, 404}, address
