"""Each document of the installed SDK fits the schema, or is refused for a reason that is known."""

import pytest

from registry_site.api import SCHEMA
from registry_site.errors import Invalid
from registry_site.graphql.execution.documents import prepare
from tests.helpers.sdk_documents import installed_documents

SWEEPS, QUEUES = ": it has no sweeps.", ": it has no launch queues."
REPORTS, CHARTS = ": it has no reports.", ": it has no custom charts."
YET = " yet."  # automations
OUTSIDE = {
    "apis/_generated/operations.py": {
        SWEEPS: ["GetAgentRuns", "GetSweep", "GetSweepAgent", "GetSweepAgents", "GetSweepLegacy",
                 "GetSweeps"],
    },
    "apis/public/jobs.py": {
        QUEUES: ["DeleteFromRunQueue", "DeleteRunQueue", "GetDefaultResourceConfig",
                 "GetRunQueueItem", "GetRunQueueItems", "GetRunQueueMetadata",
                 "fetchRunQueuesFromProject"],
    },
    "apis/public/reports.py": {REPORTS: ["ProjectViews"]},
    "apis/public/sweeps.py": {
        SWEEPS: ["CreateAgent", "EnqueueSweepRun", "GetSweepState", "Heartbeat", "SweepWithRuns",
                 "UpsertSweep"],
    },
    "automations/_generated/operations.py": {
        YET: ["CreateAutomation", "CreateGenericWebhookIntegration", "DeleteAutomation",
              "GetAutomationsLegacy", "GetEntityAutomations", "GetEntityAutomationsLegacy",
              "GetOrgAutomations", "IntegrationsByEntity", "UpdateAutomation"],
    },
    "core": {
        CHARTS: ["CreateCustomChart"],
        QUEUES: ["CreateDefaultResourceConfig", "CreateRunQueue", "UpsertRunQueue"],
        SWEEPS: ["EnqueueSweepRun", "SweepConfig", "SweepRunsWithHistory", "SweepWatchedRuns",
                 "UpsertSweepState"],
    },
    "sdk/launch/api.py": {
        QUEUES: ["LaunchAgent", "ProjectRunQueues", "ackRunQueueItem", "failRunQueueItem",
                 "popFromRunQueue", "pushToRunQueueByName", "updateLaunchAgent",
                 "updateRunQueueItemWarning"],
    },
}  # fmt: skip
REASONS = {
    f"{place}:{name}": reason
    for place, reasons in OUTSIDE.items()
    for reason, names in reasons.items()
    for name in names
}


@pytest.mark.parametrize(("place", "text"), installed_documents())
def test_it_fits_or_is_refused_for_its_reason(place, text):
    if place not in REASONS:
        prepare(SCHEMA, text)
        return
    operation = place.partition(":")[2]
    with pytest.raises(Invalid) as refusal:
        prepare(SCHEMA, text)
    sentence = refusal.value.message
    assert sentence.startswith("This server does not offer ")
    assert sentence.endswith(f"({operation}){REASONS[place]}")


def test_no_reason_is_left_over():
    places = [place for place, _text in installed_documents()]
    assert set(REASONS) <= set(places)
    assert len(places) > 130
