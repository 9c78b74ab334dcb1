"""Every prepared read of the code answers what its queryset answers, on both databases."""

import importlib
import pkgutil
from datetime import timedelta
from itertools import product

import django
import pytest
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

import artifacts
import registries
import registry_site
from artifacts.models import (
    ArtifactFile,
    Blob,
    ClientId,
    Download,
    LegalHold,
    Manifest,
    Membership,
    RetentionRule,
    Run,
    RunInput,
    SavedView,
    VersionTag,
)
from registries.services.history.rights import readable_places
from registries.services.search import Search
from registry_site.accounts.models import Entity, Event, Team, User
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.keys.api_keys import create_api_key, digest_of
from registry_site.accounts.sight import sight_of
from registry_site.queries import prepared
from tests import factories

pytestmark = pytest.mark.on_postgres


def _reads():
    """Import everything, and return the reads by the names of their functions."""
    for package in (artifacts, registries, registry_site):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and not module.name.endswith(".wsgi"):
                importlib.import_module(module.name)
    own = [read for read in prepared.READS if not read.build.__module__.startswith("tests.")]
    names = {read.build.__name__: read for read in own}
    assert len(names) == len(own), "two prepared reads have one name: call one otherwise"
    return names


READS = _reads()

# Values of each argument, of which every combination is asked for: some that are there, some that
# only nearly fit, and one that is nowhere.
CASES = {
    "_count_in_tree": lambda world: (world.projects,),
    "_first_in_tree": lambda world: (world.projects,),
    "last_changed_cells": lambda world: (world.projects,),
    "_tags_of_collections": lambda world: ([world.collections, [0], []],),
    "_numbers_of_memberships": lambda world: ([world.keys(Membership), [0], []],),
    "_first_aliases": lambda world: (world.collections,),
    "_first_rows_for_table": lambda world: (world.collections,),
    "_role_rows": lambda world: (world.users,),
    "_role_rows_of_many": lambda world: ([world.users, [0], []],),
    "_seen_projects": lambda world: (world.sights, [world.projects, [0], []]),
    "_first_registries": lambda world: (world.sights, world.searches),
    "_first_collections": lambda world: (world.sights, world.searches),
    "_first_named_versions": lambda world: (world.sights, world.searches),
    "_cells_of_versions": lambda world: ([world.keys(Membership), [0], []],),
    "_aliases_in_rows": lambda world: ([world.keys(Membership), [0], []],),
    "_tags_in_rows": lambda world: ([world.versions, [0], []],),
    "_last_changed_versions": lambda world: (world.sights,),
    "_memberships_of_versions": lambda world: (world.sights, [world.versions, [0], []]),
    "_protected_in_projects": lambda world: ([world.projects, [0], []],),
    "_projects_of_last_links": lambda world: (world.users,),
    "_registries_to_show": lambda world: (world.sights, [world.projects, [0], []]),
    "events_at": lambda world: ([world.keys(Event), [0], []],),
    "collections_of_events": lambda world: ([world.collections, [0], []],),
    "versions_of_events": lambda world: ([world.versions, [0], []],),
    "runs_of_events": lambda world: ([world.keys(Run), [0], []],),
    "projects_of_events": lambda world: ([world.projects, [0], []],),
    "teams_of_events": lambda world: ([world.keys(Team), [0], []],),
    "names_in_sight": lambda world: (world.sights, [world.users, [0], []]),
    "numbered_in_collections": lambda world: ([world.collections, []], [[0, 1, 99], []]),
    "projects_at_paths": lambda world: (
        world.sights, [["vision", "acme"], []], [["iris", "old"], []],
    ),
    "_projects_in_sight": lambda world: (world.sights,),
    "_teams_of_entities": lambda world: ([world.keys(Entity), [0], []],),
    "_few_news": lambda world: (world.places, [0, 10**9]),
    "_many_news": lambda world: (world.places, [0, 10**9]),
    "_aliases": lambda world: ([world.keys(Membership), [0], []],),
    "_aliases_at": lambda world: (world.keys(Membership),),
    "_aliases_of": lambda world: (world.versions,),
    "_announced": lambda world: (world.keys(ArtifactFile),),
    "_called_at_path": lambda world: (*world.paths_of_collections, ["best", "BEST", "first", ""]),
    "_called_registry_files": lambda world: (
        world.shelves, ["wandb-registry-model"], ["shelf"], ["best", "worst", ""], world.paths,
    ),
    "_called_source_files": lambda world: (*world.sources, ["latest", "first", ""], world.paths),
    "_called_memberships": lambda world: (world.collections, ["best", "BEST", "latest", ""]),
    "_called_to_open": lambda world: (world.collections, ["best", "BEST", "latest", ""]),
    "_client_versions": lambda world: (["client-1", "client-2", "Client-1", ""],),
    "_collection_facts": lambda world: (world.collections,),
    "_collections": lambda world: (world.projects, ["iris-model", "IRIS-model", "shelf", ""]),
    "_collections_to_open": lambda world: (world.projects, ["iris-model", "IRIS-model", ""]),
    "_collections_to_open_at": lambda world: (
        ["vision", "acme", "VISION"], ["iris", "Iris"], ["iris-model", ""],
    ),
    "_contents": lambda world: (
        world.collections, ["same", "other", ""], ["MANIFEST_MD5", "MANIFEST_XXH128"],
    ),
    "_files_by_digest": lambda world: (
        ["vision", "x"], ["iris"], ["iris-model"], world.versions, ["d", "e", ""],
    ),
    "_holds_on_collection": lambda world: (world.collections,),
    "_holds_over_version": lambda world: (world.versions,),
    "_first_by_name": lambda world: (world.versions,),
    "_keyed_collections": lambda world: ([world.collections, [0], []],),
    "_keys": lambda world: (world.digests,),
    "_largest": lambda world: (world.versions,),
    "_live": lambda world: (world.keys(Membership),),
    "_live_collection_keys": lambda world: (world.collections,),
    "_live_collections": lambda world: (world.collections,),
    "_live_memberships": lambda world: (world.versions,),
    "_live_rows": lambda world: ([world.versions, [0], []],),
    "_live_versions": lambda world: (world.versions,),
    "_named_collections": lambda world: (world.projects, ["iris-model", "shelf", "SHELF", ""]),
    "_names": lambda world: ([world.versions, [0], []],),
    "_newest_page": lambda world: (world.collections,),
    "_next_page": lambda world: (world.collections, [0, 1, 5]),
    "_named_projects": lambda world: (world.projects, ["iris", "Iris", "old", ""]),
    "_newest_at_path": lambda world: world.paths_of_collections,
    "_newest_memberships": lambda world: (world.collections,),
    "_newest_registry_files": lambda world: (
        world.shelves, ["wandb-registry-model"], ["shelf", ""], world.paths,
    ),
    "_newest_source_files": lambda world: (*world.sources, world.paths),
    "_numbered_at_path": lambda world: (*world.paths_of_collections, [0, 1, 2, 99]),
    "_numbered_registry_files": lambda world: (
        world.shelves, ["wandb-registry-model"], ["shelf", ""], [0, 1, 99], world.paths,
    ),
    "_numbered_source_files": lambda world: (*world.sources, [0, 1, 2, 99], world.paths),
    "_newest_projects": lambda world: (world.users,),
    "_newest_downloads": lambda world: (world.versions, [world.past], world.sights),
    "_newest_to_open": lambda world: (world.collections,),
    "_newest_uses": lambda world: (world.versions, [world.past], world.sights),
    "_numbered_memberships": lambda world: (world.collections, [0, 1, 2, 99]),
    "_numbered_to_open": lambda world: (world.collections, [0, 1, 2, 99]),
    "_memberships_at": lambda world: (
        world.versions, ["vision", "acme"], ["iris", "wandb-registry-model"],
        ["iris-model", "shelf", ""],
    ),
    "_memberships_of": lambda world: (world.versions,),
    "_memberships_in": lambda world: (world.versions, world.collections),
    "_organizations": lambda world: (["acme", "ACME", "vision"],),
    "_people": lambda world: (world.users,),
    "_projects": lambda world: (["vision", "acme", "VISION", ""], ["iris", "Iris", "old", ""]),
    "_projects_to_open": lambda world: (["vision", "acme", "VISION", ""], ["iris", "Iris", ""]),
    "_protected_names": lambda world: (world.projects,),
    "_protected_names_of": lambda world: (world.versions,),
    "_projects_of": lambda world: (world.versions,),
    "_rail_projects": lambda world: (
        world.users, ["vision", "VISION", "bob", ""], ["iris", "old", ""],
    ),
    "_registries": lambda world: (["acme", "ACME", "vision"], ["model", "MODEL", "iris"]),
    "_registries_at": lambda world: (["acme", "ACME", "vision"], ["wandb-registry-model", "iris"]),
    "_rules": lambda world: (world.collections,),
    "_runs": lambda world: (world.projects, ["run-1", "RUN-1", ""]),
    "_runs_at": lambda world: (["vision", "VISION"], ["iris", ""], ["run-1", "RUN-1"]),
    "_runs_to_open": lambda world: (["vision", "VISION"], ["iris", ""], ["run-1", "RUN-1"]),
    "_sessions": lambda world: (["session", ""], [timezone.now()]),
    "_tags": lambda world: ([world.versions, [0], []],),
    "_teams_of": lambda world: (world.users,),
    "_waiting": lambda world: (world.users,),
    "_typed_collections": lambda world: (
        ["vision", "acme"], ["iris", "wandb-registry-model"], ["model", "Model"],
        ["iris-model", "shelf", ""],
    ),
    "_views_of_collection": lambda world: (
        world.users, world.projects, ["versions", ""], world.collections,
    ),
    "_views_of_project": lambda world: (world.users, world.projects, ["runs", ""]),
    "_versions": lambda world: (world.versions,),
    "_versions_to_add_to": lambda world: ([world.versions, [0], []],),
    "_announced_files": lambda world: (world.versions, [world.paths, []]),
    "_files_that_came": lambda world: (world.versions, [world.paths, []]),
    "_blobs_in_project": lambda world: (world.projects, [["d", "e"], []]),
    "_locked_versions": lambda world: (world.versions,),
    "_locked_with_sequences": lambda world: (world.versions,),
    "_manifests_that_came": lambda world: (world.versions,),
    "_manifests_to_fill": lambda world: (world.keys(Manifest),),
}  # fmt: skip


class World:
    """Rows of every kind that the reads tell apart, and their keys."""

    def __init__(self, *, alice, bob, vision, project, registry):
        sequence = factories.make_collection(project)
        shelf = factories.make_collection(registry.project, "shelf")
        first, second, third = (
            factories.make_version(sequence, by=alice, digest=digest)
            for digest in ("same", "same", "other")
        )
        factories.make_membership(shelf, first, by=alice, aliases=["best"])
        hidden = factories.make_membership(shelf, second, aliases=["worst"])
        hidden.hidden_at = timezone.now()
        hidden.save(update_fields=["hidden_at"])
        third.ttl_seconds = 3600
        third.deleted_at, third.state = timezone.now(), third.State.DELETED
        third.save(update_fields=["ttl_seconds", "deleted_at", "state"])
        shelf.tags.create(name="kept")
        self._small_things(first, third)
        self._files([first, second, third])
        self._holds(first, shelf, alice)
        RetentionRule.objects.create(collection=sequence, keep_newest=3)
        first.memberships.get(collection=sequence).aliases.create(collection=sequence, name="first")
        old = factories.make_project(vision, "old", deleted_at=timezone.now())
        factories.make_run(project, alice, name="run-1", config={"lr": 0.1})
        project.members.create(user=bob, role=Role.VIEWER)
        registry.project.members.create(
            team=Team.objects.get(entity__name="vision"), role=Role.ADMIN
        )
        self.digests = [digest_of(create_api_key(by=alice, user=alice, name="laptop")[1]), "", "x"]
        soon = timezone.now() + timedelta(hours=1)
        Session.objects.create(session_key="session", expire_date=soon, session_data="")
        self.projects = [project.pk, registry.project_id, old.pk, 0]
        self.collections = [sequence.pk, shelf.pk, 0]
        self.versions = [first.pk, second.pk, third.pk, 0]
        self.users = [alice.pk, bob.pk, 0]
        self.places = [readable_places(user) for user in User.objects.order_by("pk")]
        self.searches = [
            Search(pk, text)
            for pk in (registry.organization_id, 0)
            for text in ("model", "SHELF", "es", "_", "%", "red", "é")
        ]
        self.past = timezone.now() - timedelta(days=1)
        self.sights = [sight_of(user) for user in User.objects.order_by("pk")]
        self._uses(first, alice)
        views = {"project": project, "owner": alice, "query": ""}
        SavedView.objects.create(**views, name="runs", table="runs", is_shared=True)
        SavedView.objects.create(**views, name="mine", table="versions", collection=sequence)
        self.shelves = [registry.organization.name, registry.organization.entity.name, ""]
        self.sources = (
            ["vision", "VISION"],
            ["iris"],
            ["model"],
            ["iris-model", ""],
        )
        self.paths_of_collections = (
            ["vision", "acme"],
            ["iris", "wandb-registry-model"],
            ["iris-model", "shelf", ""],
        )
        self.paths = ["a", "A", "ref", ""]

    def _uses(self, version, user):
        project, membership = version.sequence.project, version.memberships.first()
        RunInput.objects.create(run=factories.make_run(project, user, name="use"), version=version)
        at = {"first_at": timezone.now(), "last_at": timezone.now()}
        Download.objects.create(version=version, collection=membership.collection, user=user, **at)

    def _small_things(self, version, deleted):
        for name in ("red", "blue"):
            VersionTag.objects.create(version=version, name=name)
        for number, of in enumerate([version, deleted], start=1):
            ClientId.objects.create(client_id=f"client-{number}", version=of)
            ArtifactFile.objects.create(version=of, path="a", md5="m", digest="d")

    def _holds(self, version, shelf, by):
        for thing in ({"version": version}, {"collection": shelf}):
            organization = shelf.project.entity.organization
            LegalHold.objects.create(organization=organization, placed_by=by, **thing)

    def _files(self, versions):
        blob = Blob.objects.make(sha256="s", md5="d", xxh128="x", size=1)
        ArtifactFile.objects.create(version=versions[0], path="A", md5="d", digest="d", blob=blob)
        for base in (None, versions[1]):
            Manifest.objects.create(version=versions[0], base=base, blob=blob)
        for version in versions:
            version.entries.create(path="a", digest="d", blob=blob)
            version.entries.create(path="b", digest="d", blob=blob)
            version.entries.create(path="ref", digest="e", ref="s3://b/x")

    def keys(self, model):
        return [*model.objects.values_list("pk", flat=True), 0]


@pytest.fixture
def world(cast, alice, bob, vision, project, registry):
    return World(alice=alice, bob=bob, vision=vision, project=project, registry=registry)


def test_every_prepared_read_has_a_case():
    assert set(CASES) == set(READS)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_prepared_read_equals_its_queryset(name, world, django_assert_num_queries):
    build, read = READS[name]
    combinations = list(product(*CASES[name](world)))
    answered = []
    for arguments in combinations:
        plain = [_described(row) for row in build(*arguments)]
        with django_assert_num_queries(1):
            rows = read(*arguments)
        assert [_described(row) for row in rows] == plain, arguments
        answered.append(bool(plain))
    assert {True, False} == set(answered), "some of the values must be there, and some not"


def _described(row, above=()):
    """Return all that a row holds, with its types and the rows that were joined to it.

    `above` are the rows that this one is joined to, which it may know in its turn.
    """
    if any(row is one for one in above):
        return "above"
    if row is None:
        return None
    if not isinstance(row, models.Model):
        values = row if isinstance(row, tuple) else [row]
        return [(type(value), value) for value in values]
    state = {name: value for name, value in vars(row).items() if name != "_state"}
    joined = row._state.fields_cache.items()
    return {
        "class": type(row),
        "database": (row._state.db, row._state.adding),
        "fields": {name: (type(value), value) for name, value in state.items()},
        "joined": {name: _described(of, (*above, row)) for name, of in joined},
        "deferred": row.get_deferred_fields(),
    }


def test_django_is_the_one_that_prepared_reads_were_written_for():
    assert django.VERSION[:2] == prepared.READ_AGAINST, (
        "Django has moved. Read what prepared.py and prepared_rows.py rely on in the new release "
        "(SQLCompiler, ModelIterable, RelatedPopulator, what else a queryset iterates with), mend "
        "it where this file's tests fail, and write the release down in READ_AGAINST."
    )
