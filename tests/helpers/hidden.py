"""A hidden source, full of marks by which a test sees that something of it was told.

Each text of it has `canary` in it, its times are in 2001 and 2002, its keys begin at 7,310,001.
"""

import base64
import binascii
import json
import re
from datetime import UTC, datetime

import pytest

from artifacts.models import (
    Alias,
    ArtifactType,
    Collection,
    Membership,
    Project,
    Run,
    RunInput,
    RunOutput,
    Version,
)
from registry_site.accounts.models import Entity, Team
from registry_site.texts.ids import encode_id
from tests import factories

MARKS = re.compile(r"canary|2001-|2002-|\b731\d{4}\b", re.IGNORECASE)
LONG_AGO = {
    "created_at": datetime(2001, 1, 1, tzinfo=UTC),
    "updated_at": datetime(2002, 1, 1, tzinfo=UTC),
}


def marks_in(answer):
    """Texts of the answer in which a mark is, as they are or in base64."""
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"|(-?\d+)', json.dumps(answer))
    return [text for pair in texts for text in pair if MARKS.search(text + " " + _decoded(text))]


def _decoded(text):
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""


@pytest.fixture
def dora(cast, acme):
    """Of the organization, but not of the team."""
    user = factories.make_user("dora")
    factories.set_organization_member(by=None, organization=acme, user=user, role="member")
    return factories.fresh(user)


@pytest.fixture
def hidden_source(acme, alice):
    """Two sequences of a hidden team, full of marks, each with a version of the same number."""
    Entity.objects.create(pk=7310001, name="canary-team", kind="team")
    team = Team.objects.create(pk=7310002, entity_id=7310001, organization=acme)
    factories.set_team_member(by=None, team=team, user=alice, role="admin")
    project = Project.objects.create(
        pk=7310003, entity_id=7310001, name="canary-project", description="canary", created_by=alice
    )
    kind = ArtifactType.objects.create(
        pk=7310004, project=project, name="model", description="canary"
    )
    for pk, name in ((7310005, "canary-one"), (7310006, "canary-two")):
        sequence = Collection.objects.create(
            pk=pk,
            project=project,
            artifact_type=kind,
            name=name,
            kind="sequence",
            description="canary",
            created_by=alice,
        )
        sequence.tags.create(name="canary")
        run = Run.objects.create(
            pk=pk + 10, project=project, user=alice, name=f"canary-{pk}", display_name="canary"
        )
        version = factories.make_version(sequence, by=alice, run=run)
        version.manifest = factories.make_blob(b"{}")
        version.save(update_fields=["manifest"])
        RunOutput.objects.create(run=run, version=version)
        RunInput.objects.create(run=run, version=version)
        factories.make_version(sequence, by=alice)  # which is linked nowhere
    for model in (Project, ArtifactType, Collection, Run):
        rows = model.objects.filter(pk__gte=7310000)
        rows.update(**{key: at for key, at in LONG_AGO.items() if hasattr(model, key)})
    for number, place in enumerate(Membership.objects.filter(collection__project=project)):
        Membership.objects.filter(pk=place.pk).update(
            id=7310101 + number, created_at=LONG_AGO["created_at"]
        )
        if place.index == 0:
            Alias.objects.create(
                pk=7310201 + number,
                collection_id=place.collection_id,
                name="canary",
                membership_id=7310101 + number,
            )
    return project


@pytest.fixture
def links(hidden_source, registry):
    """The first version of each is linked in the registry, as `one` and `two`."""
    made = []
    for name in ("one", "two"):
        version = Version.objects.get(sequence__name=f"canary-{name}", version_index=0)
        made.append(
            factories.make_membership(
                factories.make_collection(registry.project, name), version, aliases=["good"]
            )
        )
    return made


@pytest.fixture
def told(api, dora, links):
    """The names and ids that Dora is told of the first one's source."""
    document = """query($id: ID!) { artifact(id: $id) { artifactSequence {
      id name project { id name entity { id name } } } } }"""
    found = api(dora, document, id=encode_id("Artifact", links[0].version_id))
    sequence = found["artifact"]["artifactSequence"]
    project = sequence["project"]
    return {
        "collection": sequence["name"],
        "project": project["name"],
        "entity": project["entity"]["name"],
        "id": sequence["id"],
    }
