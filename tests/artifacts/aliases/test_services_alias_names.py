"""Which aliases each operation takes, and who may give protected ones, in whatever capitals."""

import pytest

from artifacts.models import Alias, Membership
from artifacts.services.aliases.aliases import add_aliases, remove_aliases
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.trash import delete_version
from artifacts.services.versions.commit import commit_version
from artifacts.services.versions.creation import Draft, create_version
from registries.services.aliases.protected import protect_aliases
from registry_site.errors import Conflict, Denied, Invalid
from tests import factories
from tests.site.test_names_of_the_client import NUMBERS

BAD = [
    *NUMBERS[1:],
    ".",
    "..",
    "-",
    "a/b",
    "a:b",
    "a\\b",
    "e\u0301",
    " a",
    "a\u200bb",
    "",
    "a" * 129,
]
PRODUCTIONS = ["production", "Production", "PRODUCTION", "ｐroduction", "production\ufe0f"]
COVERED = ["prod-eu", "PROD-eu", "prod", "ｐrod\u034f2"]  # by the pattern `prod*`


@pytest.fixture
def linked(collection, version, registry):
    registry.project.protected_aliases.create(name="prod*")
    return factories.make_membership(collection, version)


@pytest.fixture
def doors(alice, bob, version, registry, linked):
    """Each operation that gives an alias, by name: `doors["add"](by, name)`."""
    project, source = version.sequence.project, version.memberships.get(collection=version.sequence)

    def log(by, name, digest="new"):
        create_version(
            by=by,
            project=project,
            draft=Draft(
                type_name="model", collection_name="iris-model", digest=digest, aliases=[name]
            ),
        )

    def link(by, name, collection_name="iris-classifier"):
        link_version(
            by=by,
            version=version,
            project=registry.project,
            collection_name=collection_name,
            aliases=[name],
        )

    return {
        "log": log,
        "log again": lambda by, name: log(by, name, version.digest),
        "link": lambda by, name: link(by, name, "another"),
        "link again": link,
        "add": lambda by, name: add_aliases(by=by, membership=source, names=[name]),
        "add in a registry": lambda by, name: add_aliases(by=by, membership=linked, names=[name]),
    }


def protect_everywhere(version):
    version.sequence.project.protected_aliases.create(name="production")
    version.sequence.project.protected_aliases.create(name="prod*")
    return version.sequence.project


def test_no_door_takes_what_a_reader_or_an_address_could_not(alice, doors, registry):
    for name in BAD:
        for door in doors.values():
            with pytest.raises(Invalid):
                door(alice, name)
        with pytest.raises(Invalid):
            protect_aliases(by=alice, registry=registry, names=[name])
    assert not Alias.objects.exists()
    assert Membership.objects.count() == 2


@pytest.mark.parametrize("name", [*PRODUCTIONS, *COVERED])
def test_a_member_gives_no_protected_alias_at_any_door(alice, bob, version, doors, name):
    """In a registry Bob is Member; an admin made him Member of the team, too."""
    protect_everywhere(version)
    for door in doors.values():
        with pytest.raises(Denied):
            door(bob, name)
    assert not Alias.objects.exists()


def test_not_even_an_admin_gives_another_spelling_beside_it(alice, version, doors):
    protect_everywhere(version)
    for door in doors.values():
        for name in PRODUCTIONS[1:]:
            with pytest.raises(Invalid, match=f"{name}.*production"):
                door(alice, name)
        door(alice, "production")
    assert {alias.name for alias in Alias.objects.all()} == {"production"}


@pytest.mark.parametrize("name", [*PRODUCTIONS, *COVERED])
def test_a_member_takes_no_protected_alias_away(
    alice, bob, version, sequence, collection, linked, name
):
    alias = Alias.objects.create(collection=collection, membership=linked, name=name)
    other = factories.make_membership(collection, factories.make_version(sequence))
    for operation in (
        lambda: remove_aliases(by=bob, membership=linked, names=[name]),
        lambda: add_aliases(by=bob, membership=other, names=[name]),
        lambda: unlink_version(by=bob, membership=linked),
        lambda: delete_collection(by=bob, collection=collection),
        lambda: update_collection(by=bob, collection=collection, name="another"),
    ):
        with pytest.raises(Denied):
            operation()
    with pytest.raises(Conflict, match=name):
        delete_version(by=alice, version=version, with_aliases=True)
    alias.refresh_from_db()
    assert alias.membership == linked
    remove_aliases(by=alice, membership=linked, names=[name])
    assert not Alias.objects.exists()


def test_a_restored_version_has_no_protected_alias(alice, version, sequence):
    source = version.memberships.get()
    for name in ("Production", "Prod-eu", "best"):
        Alias.objects.create(collection=sequence, membership=source, name=name)
    delete_version(by=alice, version=version, with_aliases=True)
    protect_everywhere(version)
    restore_version(by=alice, version=version)
    assert list(source.aliases.values_list("name", flat=True)) == ["best"]


def test_a_pattern_lets_one_spelling_stand_in_a_collection(alice, bob, version, doors):
    protect_everywhere(version)
    del doors["log"]  # it gives an alias only when the version is committed
    for door in doors.values():
        door(alice, "prod-eu")
        with pytest.raises(Invalid, match="Prod-EU.*prod-eu"):
            door(alice, "Prod-EU")
        with pytest.raises(Denied, match=r"prod-eu.*pattern 'prod\*'.*Admin.*Member.*alice"):
            door(bob, "prod-eu")
        door(alice, "prod-us")  # another name that the pattern covers
    assert {alias.name for alias in Alias.objects.all()} == {"prod-eu", "prod-us"}


def test_nobody_gives_two_spellings_at_once(alice, linked):
    with pytest.raises(Invalid, match="prod-eu"):
        add_aliases(by=alice, membership=linked, names=["prod-eu", "PROD-EU"])
    assert not Alias.objects.exists()


def test_no_pattern_covers_latest(alice, bob, version, sequence):
    """Else nobody could delete a newest version any more."""
    sequence.project.protected_aliases.create(name="*")
    add_aliases(by=bob, membership=version.memberships.get(), names=["latest"])
    with pytest.raises(Denied):
        add_aliases(by=bob, membership=version.memberships.get(), names=["best"])
    delete_version(by=bob, version=version, with_aliases=True)
    version.refresh_from_db()
    assert version.deleted_at


@pytest.mark.parametrize("name", ["v01", "v²", ".."])
def test_what_is_stored_can_be_taken_off_and_moves_to_nobody(bob, version, sequence, name):
    source = version.memberships.get()
    Alias.objects.create(collection=sequence, membership=source, name=name)
    other = factories.make_version(sequence).memberships.get()
    with pytest.raises(Invalid):
        add_aliases(by=bob, membership=other, names=[name])
    with pytest.raises(Invalid):
        remove_aliases(by=bob, membership=other, names=[name])
    remove_aliases(by=bob, membership=source, names=[name, "other"])
    assert not Alias.objects.exists()


def test_a_number_is_no_news_to_its_own_version(bob, version, sequence):
    """wandb 0.31 sends it for what `linked_artifacts` gave it."""
    source = version.memberships.get()
    for operation in (add_aliases, remove_aliases, add_aliases):
        operation(by=bob, membership=source, names=["v0", "latest", "best"])
        with pytest.raises(Invalid):
            operation(by=bob, membership=source, names=["v1"])
    assert [alias.name for alias in Alias.objects.all()] == ["best"]


def test_a_commit_leaves_out_what_an_older_release_took(alice, sequence):
    version = factories.models.Version.objects.create(
        sequence=sequence, digest="0", pending={"aliases": ["v01", "best"], "tags": []}
    )
    blob = factories.make_blob(b'{"version": 1, "contents": {}}')
    version.manifests.create(blob=blob)
    commit_version(by=alice, version=version)
    assert [alias.name for alias in Alias.objects.all()] == ["best"]


def test_a_collection_of_a_name_that_is_refused_by_now_goes_on(alice, project, registry, version):
    """What an older release took stays in use; only a new one is refused."""
    for name in ("a\\b", "e\u0301", "wandb-registry-x"):
        draft = Draft(type_name="model", digest=name, collection_name=name)
        with pytest.raises(Invalid):
            create_version(by=alice, project=project, draft=draft)
        factories.make_collection(project, name)
        assert create_version(by=alice, project=project, draft=draft).sequence.name == name
        wanted = {"by": alice, "version": version, "project": registry.project}
        with pytest.raises(Invalid):
            link_version(collection_name=name, **wanted)
        factories.make_collection(registry.project, name)
        assert link_version(collection_name=name, **wanted)[1]


def test_a_collection_is_renamed_to_what_fits_a_folder_with_its_aliases(alice, version, sequence):
    add_aliases(by=alice, membership=version.memberships.get(), names=["a" * 128])
    with pytest.raises(Invalid, match="255 bytes"):
        update_collection(by=alice, collection=sequence, name="c" * 128)
    assert update_collection(by=alice, collection=sequence, name="c" * 126).name == "c" * 126
