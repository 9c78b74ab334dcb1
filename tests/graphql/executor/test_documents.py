"""Every document of the installed SDK that we support fits the schema, and nothing fails loudly."""

import pytest
from graphql import parse

from registry_site.api import SCHEMA
from registry_site.errors import Invalid
from registry_site.graphql.binding import RESOLVERS, snake_case
from registry_site.graphql.execution.documents import prepare
from tests.helpers.graphql import packaged_documents, recorded_documents

SUPPORTED = [
    "AddAliases",
    "ArtifactByID",
    "ArtifactCollectionAliases",
    "ArtifactCreatedBy",
    "ArtifactMembershipByName",
    "ArtifactMembershipFiles",
    "ArtifactType",
    "ArtifactTypeArtifactCollections",
    "ArtifactUsedBy",
    "CreateInvite",
    "CreateProject",
    "CreateRegistryMembers",
    "CreateServiceAccount",
    "CreateTeam",
    "CreateUserFromAdmin",
    "AddArtifactCollectionTags",
    "DeleteAliases",
    "DeleteArtifact",
    "DeleteArtifactCollectionTags",
    "DeleteArtifactPortfolio",
    "DeleteArtifactSequence",
    "DeleteApiKey",
    "DeleteInvite",
    "DeleteRegistry",
    "DeleteRegistryMembers",
    "FetchAdvancedRegistryFeatures",
    "FetchArtifactManifest",
    "FetchLinkedArtifacts",
    "FetchOrgInfoFromEntity",
    "FetchOrganization",
    "FetchRegistries",
    "FetchRegistry",
    "GenerateApiKey",
    "GetArtifactMembershipFileUrls",
    "GetDefaultEntity",
    "GetProject",
    "GetProjects",
    "GetTeamEntity",
    "GetViewer",
    "LinkArtifact",
    "ProjectArtifactCollection",
    "ProjectArtifactCollections",
    "ProjectArtifactType",
    "ProjectArtifactTypes",
    "ProjectArtifacts",
    "RegistryCollections",
    "RegistryTeamMembers",
    "RegistryUserMembers",
    "RegistryVersions",
    "RenameRegistry",
    "RunInputArtifacts",
    "RunOutputArtifacts",
    "SearchUsers",
    "UnlinkArtifact",
    "UpdateArtifact",
    "UpdateArtifactPortfolio",
    "UpdateArtifactSequence",
    "UpdateArtifactSequenceType",
    "UpdateTeamRegistryRole",
    "UpdateUserRegistryRole",
    "UpsertRegistry",
]
RECORDED = [
    "CommitArtifact",
    "CreateArtifact",
    "CreateArtifactFiles",
    "CreateArtifactManifest",
    "CreateRunFiles",
    "DeleteRun",
    "HistoryPage",
    "MarkRunFilesUploaded",
    "NotifyScriptableRunAlert",
    "Run",
    "RunConsoleLogPage",
    "RunConsoleLogTail",
    "RunFiles",
    "RunFullHistory",
    "RunHistoryKeys",
    "RunParquetHistory",
    "RunResumeStatus",
    "RunSampledHistory",
    "Runs",
    "SampledHistoryPage",
    "ServerFeaturesQuery",
    "StopRun",
    "UpdateArtifactManifest",
    "UpdateRunState",
    "UpsertBucket",
    "UseArtifact",
    "Viewer",
    "deleteFiles",
]


@pytest.mark.parametrize("name", SUPPORTED)
def test_packaged_document_fits_the_schema(name):
    prepare(SCHEMA, packaged_documents()[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDED)
def test_recorded_document_fits_the_schema(name):
    prepare(SCHEMA, recorded_documents()[name])


def test_what_is_not_offered_says_so_in_one_sentence():
    document = packaged_documents()["GetSweep"]
    message = r"^This server does not offer Project\.sweep \(GetSweep\): it has no sweeps\.$"
    with pytest.raises(Invalid, match=message):
        prepare(SCHEMA, document)


def test_every_root_field_has_a_resolver():
    for root in (SCHEMA.query_type, SCHEMA.mutation_type):
        assert {name for name in root.fields if (root.name, name) not in RESOLVERS} == set()


def test_every_field_of_a_row_is_bound_or_an_attribute():
    from artifacts import models
    from registry_site.accounts import models as people

    rows = {
        "User": people.User,
        "Entity": people.Entity,
        "Organization": people.Organization,
        "Project": models.Project,
        "Run": models.Run,
        "Artifact": models.Version,
        "ArtifactType": models.ArtifactType,
        "ArtifactSequence": models.Collection,
        "ArtifactPortfolio": models.Collection,
        "Tag": models.VersionTag,
        "ArtifactCollectionMembership": models.Membership,
    }
    for name, model in rows.items():
        for field in SCHEMA.type_map[name].fields:
            bound = (name, field) in RESOLVERS or hasattr(model, snake_case(field))
            assert bound, f"{name}.{field}"


@pytest.mark.parametrize(
    "name",
    [
        "Query",
        "Mutation",
        "ServerInfo",
        "Organization",
        "Project",
        "Run",
        "Artifact",
        "CreateArtifactInput",
        "UseArtifactInput",
        "AddAliasesInput",
    ],
)
def test_old_releases_find_the_types_that_they_ask_for(api, alice, name):
    document = """query TypeInfo($name: String!) {
      __type(name: $name) { name fields { name args { name } } inputFields { name } } }"""
    found = api(alice, document, name=name)["__type"]
    assert found["name"] == name
    assert found["fields"] or found["inputFields"]


def test_a_document_without_operations_is_refused(api, alice):
    status, message = api.refused(alice, "fragment F on Query { viewer { id } }")
    assert status == 400


def test_parse_keeps_comment_lines():
    assert parse("#graphql\nquery Q { viewer { id } }")
