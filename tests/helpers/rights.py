"""Who stands where: eight people, four places, and one of everything that an id can name."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

from django.apps import apps
from django.db import connection, transaction

from artifacts.models import ArtifactFile, ClientId, Manifest, RunFile, Version
from registries.services.registry.creation import create_registry
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.keys.api_keys import set_api_key
from registry_site.api import SCHEMA
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import auth_of, key_of
from tests.helpers.made_once import made_once

A, M, V, R = Role.ADMIN, Role.MEMBER, Role.VIEWER, Role.RESTRICTED_VIEWER
PLACES = ("open", "restricted", "team", "personal")

# The role that each person has in each place, as product.md says it should come out.
ROLES = {
    "olga": (A, A, A, None),  # admin of the organization
    "tara": (A, A, A, None),  # admin of the team and of both registries
    "bob": (M, M, M, A),  # member of all; the personal project is his
    "victor": (V, V, V, None),  # views all
    "rita": (M, R, None, None),  # outside the team; Restricted Viewer of the restricted registry
    "oscar": (M, None, None, None),  # in the organization only
    "charlie": (None, None, None, None),  # a stranger
    "root": (A, A, A, A),  # server admin
}


@dataclass
class World:
    """What the rows of a table name: `world.team.version`, `world.people["bob"]`."""

    acme: object
    vision: object
    people: dict
    places: dict = field(default_factory=dict)
    me: str = ""  # who asks

    def __getattr__(self, name):
        if name in PLACES:
            return self.places[name]
        raise AttributeError(name)


def role_in(person, place):
    return ROLES[person][PLACES.index(place)]


def sees(person, place):
    return place is None or role_in(person, place) is not None


@made_once
def make_world():
    """Acme with the team `vision`, an open and a restricted registry, and Bob's own project."""
    people = {name: factories.make_user(name, is_admin=name == "root") for name in ROLES}
    members = {"olga": "admin", "tara": "member", "bob": "member", "victor": "viewer"}
    acme = factories.make_organization("Acme", **members, rita="member", oscar="member")
    vision = factories.make_team("vision", acme, tara="admin", bob="member", victor="viewer")
    for user in people.values():
        user.email = f"{user.username}@example.com"
        user.save(update_fields=["email"])
        set_api_key(by=None, user=user, name="test", text=key_of(user))
    world = World(acme, vision, people)
    world.places["team"] = _source(factories.make_project(vision), people["bob"])
    world.places["personal"] = _source(factories.make_project(people["bob"], "own"), people["bob"])
    for name in ("open", "restricted"):
        world.places[name] = _registry(world, name)
    for user in people.values():
        factories.make_run(factories.make_project(user, "mine"), user, name="mine")
    return world


def _source(project, user):
    """A project with a version, a begun one, a run, and all that is being uploaded."""
    collection = factories.make_collection(project, "weights")
    version = factories.make_version(collection, by=user, aliases=["old"])
    version.manifest = factories.make_blob(b"{}")
    version.save(update_fields=["manifest"])
    begun = Version.objects.create(sequence=collection, digest="0")
    ClientId.objects.create(client_id=f"client-{project.pk}", version=version)
    run = factories.make_run(project, user, name="r1")
    return SimpleNamespace(
        project=project,
        collection=collection,
        version=version,
        begun=begun,
        run=run,
        entity=project.entity.name,
        client_id=f"client-{project.pk}",
        spare=factories.make_collection(project, "spare"),
        file=RunFile.objects.create(run=run, name="a.txt"),
        manifest=Manifest.objects.create(version=begun, digest="0"),
        upload=ArtifactFile.objects.create(
            version=begun, path="big", md5="m", digest="m", part_sums=["0" * 32]
        ),
    )


def _registry(world, name):
    """A registry in which a version of the team is linked, under a protected alias as well."""
    access = "restricted" if name == "restricted" else "organization"
    registry = create_registry(by=None, organization=world.acme, name=name, access=access)
    project = registry.project
    project.default_role = Role.MEMBER
    project.save(update_fields=["default_role"])
    project.protected_aliases.create(name="production")
    for person, role in {"tara": A, "bob": M, "victor": V, "rita": R}.items():
        if name == "restricted" or role == A:
            project.members.create(user=world.people[person], role=role)
    project.members.create(team=world.vision, role=R)
    source = factories.make_version(world.team.collection, by=world.people["bob"])
    source.manifest = factories.make_blob(b"{}")
    source.save(update_fields=["manifest"])
    collection = factories.make_collection(project, "linked")
    factories.make_membership(collection, source, aliases=["old"])
    guarded = factories.make_collection(project, "guarded")
    factories.make_membership(guarded, source, aliases=["production"])
    return SimpleNamespace(
        project=project,
        collection=collection,
        version=source,
        guarded=guarded,
        entity=project.entity.name,
    )


def artifact(at, version=None):
    return {"artifactID": encode_id("Artifact", (version or at.version).pk)}


def send(client, world, person, document, variables):
    headers = auth_of(world.people[person]) if person in world.people else {}
    body = {"query": document, "variables": variables}
    response = client.post("/graphql", body, "application/json", **headers)
    return response.status_code, response.json()


def mutate(client, world, person, name, given):
    """Status, answer, and whether rows came or went; all is as before afterwards."""
    field = name.partition(" ")[0]
    kind = SCHEMA.mutation_type.fields[field].args["input"].type
    document = f"mutation($input: {kind}) {{ {field}(input: $input) {{ __typename }} }}"
    with rolled_back():
        before = all_rows()
        status, answer = send(client, world, person, document, {"input": given})
        changed = all_rows() != before
    return status, answer, changed


@contextmanager
def rolled_back():
    """Everything is as before afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def all_rows():
    """How many rows each table has; every change of anything is an event, too."""
    tables = [model._meta.db_table for model in apps.get_models()]
    counts = ", ".join(f'(SELECT COUNT(*) FROM "{table}")' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return cursor.fetchone()
