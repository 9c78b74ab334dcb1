import pytest

from artifacts.models import Membership, Version
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import delete_collection
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.versions.versions import update_version
from registry_site.accounts.models import Event
from registry_site.accounts.services import members
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories


def link(by, version, registry, name="iris-classifier", **options):
    return link_version(
        by=by, version=version, project=registry.project, collection_name=name, **options
    )[:2]


def test_link_creates_collection_and_numbers_from_zero(bob, version, registry):
    membership, is_new = link(bob, version, registry, aliases=["staging", "latest"])
    assert is_new
    assert membership.full_name == "acme/wandb-registry-model/iris-classifier:v0"
    assert [alias.name for alias in membership.aliases.all()] == ["staging"]
    assert membership.collection.version_count == 1
    assert membership.collection.artifact_type.name == "model"


def test_link_again_returns_the_place_and_adds_aliases(bob, version, registry):
    first, _ = link(bob, version, registry, aliases=["staging"])
    again, is_new = link(bob, version, registry, aliases=["candidate"])
    assert (again.pk, is_new) == (first.pk, False)
    assert {alias.name for alias in again.aliases.all()} == {"staging", "candidate"}
    again.collection.refresh_from_db()
    assert (again.collection.next_index, again.collection.version_count) == (1, 1)


def test_link_moves_alias_and_keeps_latest_at_the_newest(bob, sequence, version, registry):
    first, _ = link(bob, version, registry, aliases=["staging"])
    second, _ = link(bob, factories.make_version(sequence), registry, aliases=["staging"])
    memberships = Membership.objects.filter(collection=first.collection)
    assert list(memberships.called("staging")) == [second]
    assert list(memberships.called("latest")) == [second] == list(memberships.called(""))
    link(bob, version, registry)  # linking again doesn't move latest
    assert list(memberships.called("latest")) == [second]


def test_number_is_never_used_again(bob, sequence, version, registry):
    first, _ = link(bob, version, registry)
    unlink_version(by=bob, membership=first)
    again, _ = link(bob, version, registry)
    assert again.number == "v1"
    assert list(again.collection.memberships.called("latest")) == [again]


def test_latest_falls_back_after_unlink(bob, sequence, version, registry):
    first, _ = link(bob, version, registry)
    second, _ = link(bob, factories.make_version(sequence), registry)
    unlink_version(by=bob, membership=second)
    assert list(first.collection.memberships.called("latest")) == [first]


def test_link_switches_ttl_off(bob, version, registry):
    Version.objects.filter(pk=version.pk).update(ttl_seconds=60)
    link(bob, version, registry)
    version.refresh_from_db()
    assert version.ttl_seconds == 0


def test_link_of_personal_artifact_names_the_teams(bob, registry):
    sequence = factories.make_collection(factories.make_project(bob))
    with pytest.raises(Invalid, match="personal account 'bob'.*entity='vision'"):
        link(bob, factories.make_version(sequence), registry)


def test_link_of_other_organization_is_refused(bob, registry):
    other = factories.make_organization("Globex", bob="member")
    team = factories.make_team("globex-team", other, bob="member")
    sequence = factories.make_collection(factories.make_project(team))
    with pytest.raises(Invalid, match="another organization.*Globex"):
        link(factories.fresh(bob), factories.make_version(sequence), registry)


def test_link_of_type_not_accepted_names_what_is(bob, project, registry):
    sequence = factories.make_collection(project, "data", "dataset")
    with pytest.raises(Invalid, match="doesn't accept the type “dataset”. It accepts: model"):
        link(bob, factories.make_version(sequence), registry)


def test_link_to_collection_of_other_type_is_refused(bob, project, acme):
    registry = factories.make_registry_project(acme, "all")
    factories.make_collection(registry, "mixed", "dataset")
    sequence = factories.make_collection(project)
    with pytest.raises(Invalid, match="holds the type “dataset”"):
        link_version(
            by=bob,
            version=factories.make_version(sequence),
            project=registry,
            collection_name="mixed",
        )


def test_link_of_pending_version_is_refused(bob, sequence, registry):
    pending = Version.objects.create(sequence=sequence, digest="0")
    with pytest.raises(Conflict, match="not committed"):
        link(bob, pending, registry)


def test_link_with_bad_names_leaves_nothing(bob, version, registry):
    for name in ("a/b", "a:b", "", ".."):
        with pytest.raises(Invalid):
            link(bob, version, registry, name)
    for alias in ("v3", "a/b", "a:b", " x"):
        with pytest.raises(Invalid):
            link(bob, version, registry, aliases=[alias])
    assert not Membership.objects.filter(collection__project=registry.project).exists()


def test_link_by_viewer_is_denied_and_by_stranger_not_found(victor, charlie, version, registry):
    with pytest.raises(Denied, match="needs the role Member.*yours is Viewer.*alice"):
        link(victor, version, registry)
    with pytest.raises(NotFound):
        link(charlie, version, registry)


def test_protected_alias_is_for_admins(alice, bob, sequence, version, registry):
    with pytest.raises(Denied, match="Protected aliases"):
        link(bob, version, registry, aliases=["production"])
    membership, _ = link(alice, version, registry, aliases=["production"])
    other, _ = link(bob, factories.make_version(sequence), registry)
    with pytest.raises(Denied):
        add_aliases(by=bob, membership=other, names=["production"])
    with pytest.raises(Denied):
        unlink_version(by=bob, membership=membership)
    unlink_version(by=alice, membership=membership)


def test_unlink_of_source_is_refused(alice, version):
    with pytest.raises(Invalid, match="was logged here"):
        unlink_version(by=alice, membership=version.memberships.get())


def test_link_and_unlink_are_events(bob, version, registry):
    membership, _ = link(bob, version, registry, aliases=["staging"])
    unlink_version(by=bob, membership=membership)
    verbs = list(
        Event.objects.filter(kind="collection", actor=bob)
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert verbs == ["create", "link", "add_alias", "unlink"]


def test_refusals_do_not_name_a_hidden_source(alice, version, registry, acme):
    """Rita sees the version in the registry only, where she may not change it."""
    rita = factories.make_user("rita")
    members.set_organization_member(by=None, organization=acme, user=rita, role="viewer")
    membership, _ = link(alice, version, registry)
    with pytest.raises(Denied) as denied:
        update_version(by=rita, version=version, description="x")
    assert "Changing iris-classifier:v0 needs" in denied.value.message
    members.set_organization_member(by=None, organization=acme, user=rita, role="member")
    other = factories.make_registry_project(acme, "data", types=["dataset"])
    with pytest.raises(Invalid) as refused:
        link_version(by=factories.fresh(rita), version=version, project=other, collection_name="x")
    assert refused.value.message.startswith(f"{membership} can't be linked: the registry data")


def test_a_collection_that_is_deleted_meanwhile_is_not_found(bob, version, registry):
    membership, _ = link(bob, version, registry)
    unlink_version(by=bob, membership=Membership.objects.for_path().get(pk=membership.pk))
    delete_collection(by=bob, collection=membership.collection)
    with pytest.raises(NotFound):
        unlink_version(by=bob, membership=membership)
    with pytest.raises(NotFound):
        add_aliases(by=bob, membership=membership, names=["x"])
