"""Which features the server says that it has: each that works, under every name asked for."""

import pytest
from wandb.proto.wandb_internal_pb2 import ServerFeature

from registry_site.api import SCHEMA
from registry_site.graphql.server import FEATURES
from tests.helpers.graphql import sdk_document

# What a feature lets the SDK send, as type and field or argument.
OPERATIONS = {
    "ARTIFACT_COLLECTIONS_FILTERING_SORTING": ("Project", "artifactCollections", "filters"),
    "ARTIFACT_COLLECTION_MEMBERSHIP_FILES": ("ArtifactCollectionMembership", "files", "first"),
    "ARTIFACT_COLLECTION_MEMBERSHIP_FILE_DOWNLOAD_HANDLER": ("File", "directUrl"),
    "ARTIFACT_DIGEST_ALGORITHM": ("Artifact", "digestAlgorithm"),
    "ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE":
        ("LinkArtifactPayload", "artifactMembership"),
    "ARTIFACT_REGISTRY_SEARCH": ("Entity", "artifactMemberships"),
    "ARTIFACT_TAGS": ("Artifact", "tags"),
    "ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID": None,  # an address: urls_api.py
    "CLIENT_IDS": ("Query", "clientIDMapping", "clientID"),
    "FILESTREAM_GZIP": None,  # a header: views/streams.py
    "INCLUDE_ARTIFACT_TYPES_IN_REGISTRY_CREATION": ("UpsertModelInput", "artifactTypes"),
    "LARGE_FILENAMES": None,  # names of 2,048 bytes: manifests.py
    "MARK_RUN_FILES_UPLOADED": ("Mutation", "markRunFilesUploaded", "input"),
    "PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP":
        ("Project", "artifactCollectionMembership", "name"),
    "STRUCTURED_CONSOLE_LOGS": ("Run", "logLines", "first"),
    "TOTAL_COUNT_IN_FILE_CONNECTION": ("FileConnection", "totalCount"),
    "UPDATE_RUN_STATE": ("Mutation", "updateRunState", "input"),
    "USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION":
        ("UseArtifactInput", "artifactEntityName"),
}  # fmt: skip
NEWER = {"UPDATE_RUN_STATE"}  # asked for by releases after 0.31.0
AUTOMATIONS, SWEEPS = "no automations yet", "no sweeps"
WITHHELD = {
    "AUTOMATIONS_ON_ORGANIZATION": AUTOMATIONS,
    "AUTOMATIONS_ON_USER": AUTOMATIONS,
    "AUTOMATION_ACTION_ARIA": AUTOMATIONS,
    "AUTOMATION_ACTION_NO_OP": AUTOMATIONS,
    "AUTOMATION_ACTION_PUSH_NOTIFICATION": AUTOMATIONS,
    "AUTOMATION_EVENT_ADD_ARTIFACT_TAG": AUTOMATIONS,
    "AUTOMATION_EVENT_ADD_COLLECTION_TAG": AUTOMATIONS,
    "AUTOMATION_EVENT_REMOVE_ARTIFACT_TAG": AUTOMATIONS,
    "AUTOMATION_EVENT_REMOVE_COLLECTION_TAG": AUTOMATIONS,
    "AUTOMATION_EVENT_RUN_METRIC": AUTOMATIONS,
    "AUTOMATION_EVENT_RUN_METRIC_CHANGE": AUTOMATIONS,
    "AUTOMATION_EVENT_RUN_METRIC_ZSCORE": AUTOMATIONS,
    "AUTOMATION_EVENT_RUN_STATE": AUTOMATIONS,
    "AUTOMATION_EVENT_UNLINK_ARTIFACT": AUTOMATIONS,
    "AUTOMATION_LAST_EXECUTED_AT": AUTOMATIONS,
    "AUTOMATION_SCOPE_ENTITY": AUTOMATIONS,
    "EVAL_TABLES_CES": "no service for tables of evaluations",
    "QUERY_AUTOMATIONS_ON_ENTITY": AUTOMATIONS,
    "SERVER_FEATURE_UNSPECIFIED": "the absence of one",
    "SWEEPS_LOCAL_SCHEDULER": SWEEPS,
    "SWEEPS_QUERY_FILTERING": SWEEPS,
}


def test_each_feature_is_offered_or_withheld_for_a_reason():
    assert set(FEATURES) == set(OPERATIONS)
    assert set(ServerFeature.keys()) == (set(OPERATIONS) - NEWER) | set(WITHHELD)


@pytest.mark.parametrize("name", [name for name, path in OPERATIONS.items() if path])
def test_what_a_feature_lets_the_sdk_send_is_there(name):
    type_name, field, *argument = OPERATIONS[name]
    found = SCHEMA.type_map[type_name].fields[field]
    assert not argument or argument[0] in found.args


@pytest.mark.slow
def test_they_are_told(api, alice):
    told = api(alice, sdk_document("ServerFeaturesQuery"))["serverInfo"]["features"]
    assert told == [{"name": name, "isEnabled": True} for name in FEATURES]
