"""Many clients log at once: each number once, each alias in one place, each version whole."""

import threading
from functools import partial

import pytest

from artifacts.models import Alias, ArtifactFile, Blob, ManifestEntry, Membership, Version
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.links import link_version
from artifacts.services.files.files import FileSpec, create_files
from artifacts.services.trash.trash import delete_version
from artifacts.services.versions.commit import commit_version, create_manifest
from artifacts.services.versions.creation import Draft, create_version
from registry_site.errors import Conflict, NotFound
from tests import factories
from tests.artifacts.versions.test_services_concurrency import at_once
from tests.artifacts.versions.test_services_versions import log, manifest_of, md5_of, put

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CLIENTS = 8


def many(work):
    """Run `work(number)` in a thread for each client; return what each gave, by its number."""
    found = {}

    def job(number):
        found[number] = work(number)

    at_once([partial(job, number) for number in range(CLIENTS)])
    return [found[number] for number in range(CLIENTS)]


def begin(by, project, **values):
    values = {"type_name": "model", "collection_name": "race", "digest": "0" * 32} | values
    return create_version(by=factories.fresh(by), project=project, draft=Draft(**values))


def announce(by, version, files):
    specs = [FileSpec(version.pk, path, md5_of(data)) for path, data in files.items()]
    return create_files(by=factories.fresh(by), specs=specs)


def test_new_versions_at_once(bob, project):
    """The collection and its type are made by whoever comes first."""
    done = many(
        lambda n: log(
            factories.fresh(bob),
            project,
            {"a": b"%d" % n, "same": b"same"},
            name="race",
            aliases=["best"],
            tags=[f"t{n}"],
        )
    )
    assert sorted(version.version_index for version in done) == list(range(CLIENTS))
    assert len({version.digest for version in done}) == CLIENTS
    assert Alias.objects.filter(name="best").count() == 1
    latest = Membership.objects.filter(collection__name="race").called("latest").get()
    assert latest.index == CLIENTS - 1
    assert latest.collection.version_count == latest.collection.next_index == CLIENTS
    assert ManifestEntry.objects.filter(path="same").values("blob").distinct().count() == 1
    assert Blob.objects.filter(md5=md5_of(b"same")).count() == 1


@pytest.mark.parametrize("name", ["client_id", "distributed_id"])
def test_one_version_begun_at_once(bob, project, name):
    versions = many(lambda n: begin(bob, project, aliases=[f"a{n}"], **{name: "x" * 64}))
    assert len({version.pk for version in versions}) == 1
    assert sorted(Version.objects.get().pending["aliases"]) == [f"a{n}" for n in range(CLIENTS)]


def test_known_content_logged_at_once(bob, project):
    first = log(bob, project, {"a": b"known"}, name="race")
    again = many(
        lambda n: begin(bob, project, digest=first.digest, aliases=["all", f"a{n}"], tags=["t"])
    )
    assert {version.pk for version in again} == {first.pk}
    assert Alias.objects.count() == CLIENTS + 1
    assert first.tags.count() == 1


def test_one_version_filled_and_committed_by_all(bob, project):
    """Processes that share a version announce, upload and commit the same at once."""
    version = begin(bob, project, client_id="x" * 64)
    files = {f"{number:03}": b"%d" % (number % 7) for number in range(40)}
    order = list(files)

    def take_part(number):
        mine = order[number:] + order[:number]
        for row in announce(bob, version, {path: files[path] for path in mine}):
            if row.blob_id is None:
                put("file", row.pk, files[row.path])
        content = manifest_of(files)
        by = factories.fresh(bob)
        fresh = Version.objects.for_path().get(pk=version.pk)
        manifest = create_manifest(by=by, version=fresh, digest=md5_of(content))
        put("manifest", manifest.pk, content)
        return commit_version(by=by, version=Version.objects.for_path().get(pk=version.pk))

    done = many(take_part)
    assert {(each.pk, each.version_index) for each in done} == {(version.pk, 0)}
    assert ArtifactFile.objects.count() == ManifestEntry.objects.count() == 40
    assert not ArtifactFile.objects.filter(blob=None).exists()
    assert Blob.objects.filter(size=1).count() == 7
    assert Membership.objects.count() == 1


def test_what_another_process_has_uploaded_is_not_forgotten(bob, project):
    """Announced again while the bytes arrive: the version can be committed all the same."""
    version = begin(bob, project)
    [row] = announce(bob, version, {"a": b"a"})
    stop = threading.Event()

    def upload():
        put("file", row.pk, b"a")
        stop.set()

    def announce_again():
        while not stop.is_set():
            announce(bob, version, {"a": b"a"})

    at_once([upload, announce_again, announce_again])
    announce(bob, version, {"a": b"a"})
    assert ArtifactFile.objects.get().blob is not None


def test_one_alias_for_all_at_once(bob, project):
    versions = [log(bob, project, {"a": b"%d" % n}, name="race") for n in range(CLIENTS)]

    def name_it(number):
        membership = versions[number].memberships.get()
        add_aliases(by=factories.fresh(bob), membership=membership, names=["best", "good"])

    many(name_it)
    memberships = Alias.objects.filter(name__in=["best", "good"]).values_list(
        "membership", flat=True
    )
    assert len(memberships) == 2
    assert len(set(memberships)) == 1  # both moved in one step


def test_links_and_deletions_at_once(bob, project, registry):
    """A version is linked and in the lists, or in the trash and nowhere."""
    versions = [log(bob, project, {"a": b"%d" % n}, name="race") for n in range(CLIENTS // 2)]

    def work(number):
        by, version = factories.fresh(bob), versions[number // 2]
        version = Version.objects.for_path().get(pk=version.pk)
        try:
            if number % 2:
                delete_version(by=by, version=version, with_aliases=True)
            else:
                link_version(
                    by=by,
                    version=version,
                    project=registry.project,
                    collection_name="linked",
                    aliases=["shared"],
                )
        except (Conflict, NotFound):
            return "refused"

    many(work)
    linked = Version.objects.filter(memberships__collection__project=registry.project)
    for version in Version.objects.all():
        is_kept = linked.filter(pk=version.pk, memberships__hidden_at=None).exists()
        assert (version.deleted_at is None) == is_kept  # whichever came first
        assert version.memberships.live().count() == (2 if is_kept else 0)
    assert Alias.objects.count() == min(1, linked.count())
