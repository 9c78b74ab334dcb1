"""Each public call of the SDK about runs, artifacts, registries and people is in a script here.

The names come from the installed SDK: a release that brings new ones fails until they are walked
or have their reason below.
"""

import re
from pathlib import Path

import pytest
from wandb import Artifact
from wandb.apis import public
from wandb.apis.public.registries import registries_search, registry
from wandb.sdk.wandb_run import Run

# What no script calls, and why.
NOT_OURS = {
    "automations and integrations": "Api.automation Api.automations Api.create_automation "
    "Api.update_automation Api.delete_automation Api.integrations Api.webhook_integrations "
    "Api.slack_integrations",
    "reports, sweeps, launch and jobs": "Api.reports Api.sweep Api.queued_run Api.run_queue "
    "Api.create_run_queue Api.upsert_run_queue Api.job Api.list_jobs Project.sweeps Run.sweep "
    "Run.sweep_name Run.sweep_id Run.sweep_url Run.log_code",
    "asks no server": "Api.user_agent Api.flush Api.sync_tensorboard Project.to_html Run.to_html "
    "Artifact.json_encode Artifact.get_added_local_path_name Artifact.finalize Run.config_static "
    "Run.define_metric Run.dir Run.disabled Run.display Run.offline Run.pin_config_keys "
    "Run.settings Run.start_time Run.status Run.sync_dir Run.watch Run.unwatch Run.json_config "
    "Run.project_url Run.step Run.notes Run.group Run.job_type Run.tags",
    "the class's own reader, behind every other call": "ArtifactCollection.load ArtifactType.load "
    "Team.load Registry.load Run.load",
    "needs the text of somebody's key, which the server does not keep": "User.user_api",
    "a chart of other people's making": "Api.create_custom_chart",
    "what lists are made of; `len` is in the scripts": "List.QUERY List.convert_objects "
    "List.update_variables List.length",
    "history as files in a bucket": "Run.download_history_exports Run.beta_scan_history",
}
CLASSES = {
    "Api": [public.Api],
    "Artifact": [Artifact],
    "ArtifactCollection": [public.ArtifactCollection],
    "ArtifactType": [public.ArtifactType],
    "File": [public.File],
    "Member": [public.Member],
    "Project": [public.Project],
    "Registry": [registry.Registry],
    "Run": [public.Run, Run],
    "Team": [public.Team],
    "User": [public.User],
    "List": [
        public.ArtifactCollections,
        public.ArtifactFiles,
        public.Artifacts,
        public.ArtifactTypes,
        public.Files,
        public.Projects,
        public.RunArtifacts,
        public.Runs,
        registries_search.Collections,
        registries_search.Registries,
        registries_search.Versions,
    ],  # fmt: skip
}
EXCUSED = {name for names in NOT_OURS.values() for name in names.split()}


def _calls():
    for kind, classes in CLASSES.items():
        names = {name for each in classes for name in vars(each) if not name.startswith("_")}
        yield from (f"{kind}.{name}" for name in sorted(names))


@pytest.fixture(scope="module")
def scripts():
    folder = Path(__file__).parent
    files = [*folder.glob("test_sdk_*.py"), *(folder.parent / "journeys").glob("test_sdk_*.py")]
    return "\n".join(file.read_text() for file in files)


@pytest.mark.parametrize("call", sorted(set(_calls()) - EXCUSED))
def test_is_in_a_script(call, scripts):
    name = call.partition(".")[2]
    assert re.search(rf"\.{name}\b|\b{name}=", scripts), f"No script of the SDK calls {call}."


def test_what_is_excused_exists():
    assert sorted(EXCUSED - set(_calls())) == []
