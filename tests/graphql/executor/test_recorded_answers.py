"""What the SDK asked another server is asked of ours, request by request, and answered alike."""

import json
import re

import pytest

from registry_site.accounts.services.keys.api_keys import set_api_key
from registry_site.accounts.services.members import set_organization_member
from registry_site.accounts.services.people import (
    create_organization,
    set_default_entity,
)
from tests import factories
from tests.helpers.graphql import key_of
from tests.helpers.recordings import FOLDER, Replay, read_recordings

pytestmark = pytest.mark.slow

# The recorded server was begun anew between these.
SERVERS = [["01"], ["02", "03", "04", "05", "01b"], ["08"], ["10", "12", "13", "14", "15", "02b"]]
ASKED_BY = {"05:161": "alice"}  # a second client in the same process
# The differences that are meant: a pattern of "place operation path recorded | ours", and why.
EXPLAINED = {
    r'isplayName "proto-run-': "a name that the server invents",
    r'flags:json \["code_saving_enabled"\] \| \[\]$': "no flag: the SDK then saves no code",
    r'updatedAt (null \| "\S+"|"\S+" \| null)$': "may be null; ours says when something changed",
    r'metadata null \| "{}"$': "the SDK reads both as an empty dict",
    r'description null \| ""$': "the SDK shows both as nothing",
    r'mimetype (null|"\S+") \| (null|"\S+")$': "guessed from the name",
    r"uploadHeaders .* \| \[\]$": "we sum what comes, and need no header for that",
    r'02:9 .*uploadUrl null \| "': "a file that is twice in one request may be sent twice",
    r'CreateArtifactFiles .*uploadUrl "\S+ \| null$': "the project has the bytes by another name",
    r"CreateArtifactFiles .*node\.artifact\.id ": "each version that has the bytes may give them",
    r"(Seconds -1 \| -2|ttlIsInherited true \| false)$": "linking turns the TTL off",
    r"04:(101|102|146|147) |05:(2[3-6]|32|33|37|100) ": "nobody can set `latest` back by hand",
    r'artifactSequence\.name "m" \| "hidden-': "who can't see the source doesn't learn its name",
    r'artifactSequence\.project null \| .*"hidden-': "a run lists what it used; null leaves it out",
    r"04:\d+ \w+Files?(Urls)? .*(edges|totalCount) ": "references are listed: else none is fetched",
    r"04:104 .*400 \| \[409, .*has the aliases": "a conflict, and the SDK repeats neither",
    r"04:168 ": "the version is deleted",
    r"05:48 .*200 \| \[409, .*can't be opened": "a registry never goes back to the organization",
    r'05:50 .*access "PRIVATE" \| "RESTRICTED"$': "as was just refused",
    r"05:81 .*200 \| \[409, .*The type of": "what is linked keeps the type of its links",
    r"05:(82|83) .*model2": "as was just refused",
    r"05:86 .*edges ": "types in use; those accepted besides are told with the registry",
    r"05:91 ": "the first of a list for which no order was asked",
    r"05:130 .*node\.(label|level|line|timestamp) ": "a structured line is taken apart",
    r"05:138 .*md5 ": "the bytes of run files are made up here",
    r"05:155 .*members\[1\]": "a service account is named after its purpose, and gives its key",
    r"apiKey\S*\.name ": "keys are random, and shown whole only where they are made",
    r"users\.edges\S*\.(apiKeys|entity) |\.user\.entity ": "nobody else's keys and defaults",
    r"(storageBytes|available|isPaid|privateOnly) ": "of a team; the SDK keeps them and shows none",
    r'serverInfo\.features .* \| .*"UPDATE_RUN_STATE"': "newer releases ask for it",
    r"advancedSearch false \| true$|xxhashDigestsEnabled null \| true$": "we offer it",
    r"systemMetrics:json ": "the measurements alone",
    r"08:\d+ .*size 2147495993 \| 189$": "the parts of the large file are small here",
    r"(10:4|10:69|13:28|13:29|13:31|13:32) ": "what was made before the recording began",
    r'historyKeys\.keys\.\w+ \["typeCounts"\] ': "ours says more of each key",
    r'liveData \[\] \| \[{"_step": 0}\]$': "wandb 0.27 reads only from the first live step on",
    r"15:18 ": "the last step counts, as the protocol has it",
    r"15:26 ": "a path inside a value of the configuration is followed",
}


@pytest.fixture
def people(db):
    """Everybody whom the recorded server knew."""
    people = {
        name: factories.make_user(name, email=f"{name}@example.com", is_admin=name == "root")
        for name in ("alice", "bob", "root")
    }
    acme = create_organization(by=None, name="Acme", entity_name="acme-orgent")
    for name in ("alice", "bob"):
        set_organization_member(by=None, organization=acme, user=people[name], role="member")
    factories.make_team("team-a", acme, alice="admin")
    factories.make_team("team-b", acme, alice="member", bob="admin")
    for name, user in people.items():
        set_api_key(by=None, user=user, name="default", text=key_of(user))
        set_default_entity(by=user, name=name)
    return people


@pytest.mark.skipif(not FOLDER.is_dir(), reason="no recordings lie beside the checkout")
@pytest.mark.parametrize("names", SERVERS, ids="+".join)
def test_recorded_answers(client, people, both_ways, names):
    if names == ["08"]:  # recorded from within a run
        project = factories.make_project(factories.Team.objects.get(entity__name="team-a"), "big")
        factories.make_run(project, people["alice"], name="7mfztclr")
    replay = Replay(client, people, read_recordings(names), ASKED_BY)
    found = [
        f"{asked['place']} {asked['op']} {path} {json.dumps(recorded)} | {json.dumps(ours)}"
        for asked, differences in replay.run()
        for path, recorded, ours in differences
    ]
    left = [text for text in found if not any(re.search(each, text) for each in EXPLAINED)]
    assert not left, "\n".join(left)
    assert both_ways  # each held against graphql-core, see conftest.py
