"""Which aliases a registry's admins protect and pin, and what that covers."""

import pytest

from registries.services.aliases.pinned import MOST_PINNED, pin_aliases, unpin_aliases
from registries.services.aliases.protected import MOST_PROTECTED, protect_aliases, unprotect_aliases
from registries.services.aliases.uses import uses_of
from registry_site.accounts.models import Event
from registry_site.errors import Denied, Invalid, NotFound
from tests import factories

OPERATIONS = [protect_aliases, unprotect_aliases, pin_aliases, unpin_aliases]


def names_of(rows):
    return sorted(rows.values_list("name", flat=True))


def last_event(registry):
    return Event.objects.filter(kind="registry", subject_id=registry.pk).order_by("-pk").first()


def test_protects_names_and_patterns_once_whatever_their_capitals(alice, registry):
    new = protect_aliases(by=alice, registry=registry, names=["Production", "staging", "Prod*"])
    assert new == ["Prod*", "staging"]
    assert last_event(registry).verb == "protect_aliases"
    assert last_event(registry).after == new
    assert protect_aliases(by=alice, registry=registry, names=["STAGING", "prod*"]) == []
    assert names_of(registry.project.protected_aliases) == ["Prod*", "production", "staging"]
    assert Event.objects.filter(verb="protect_aliases").count() == 1


@pytest.mark.parametrize("name", ["latest", "LATEST", "v1", "a/*", ""])
def test_what_is_no_alias_is_not_protected(alice, registry, name):
    with pytest.raises(Invalid):
        protect_aliases(by=alice, registry=registry, names=["fine", name])
    assert names_of(registry.project.protected_aliases) == ["production"]


def test_a_name_is_taken_off_the_list_and_a_repetition_is_fine(alice, registry):
    protect_aliases(by=alice, registry=registry, names=["prod*"])
    assert unprotect_aliases(by=alice, registry=registry, names=["prod*", "x"]) == ["prod*"]
    assert last_event(registry).before == ["prod*"]
    assert unprotect_aliases(by=alice, registry=registry, names=["prod*"]) == []
    assert names_of(registry.project.protected_aliases) == ["production"]


def test_pins_aliases_and_takes_them_off(alice, registry):
    assert pin_aliases(by=alice, registry=registry, names=["staging", "eu"]) == ["eu", "staging"]
    assert pin_aliases(by=alice, registry=registry, names=["eu"]) == []
    assert unpin_aliases(by=alice, registry=registry, names=["eu", "x"]) == ["eu"]
    assert names_of(registry.project.pinned_aliases) == ["staging"]
    verbs = Event.objects.filter(kind="registry").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["pin_aliases", "unpin_aliases"]
    for name in ("latest", "prod*", "v1"):
        with pytest.raises(Invalid):
            pin_aliases(by=alice, registry=registry, names=[name])


def test_the_lists_have_an_end(alice, registry):
    with pytest.raises(Invalid, match=str(MOST_PROTECTED)):
        protect_aliases(by=alice, registry=registry, names=map("a{}".format, range(100)))
    with pytest.raises(Invalid, match=str(MOST_PINNED)):
        pin_aliases(by=alice, registry=registry, names=map("a{}".format, range(21)))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_only_admins_decide(bob, victor, charlie, registry, operation):
    for person, refusal in ((bob, Denied), (victor, Denied), (charlie, NotFound)):
        with pytest.raises(refusal):
            operation(by=person, registry=registry, names=["production"])
    assert names_of(registry.project.protected_aliases) == ["production"]


def test_says_what_a_name_covers_today(
    registry, collection, sequence, version, django_assert_num_queries
):
    other = factories.make_collection(registry.project, "other")
    factories.make_membership(collection, version, aliases=["prod-eu", "prod-us", "best"])
    factories.make_membership(other, version, aliases=["PROD-eu"])
    with django_assert_num_queries(1):
        pattern, name, nothing = uses_of(registry.project, ["prod*", "best", "gold"])
    assert (pattern.version_count, pattern.collection_count) == (2, 2)
    assert pattern.some_aliases == ["PROD-eu", "prod-eu", "prod-us"]
    assert (name.version_count, name.collection_count, name.is_pattern) == (1, 1, False)
    assert (nothing.version_count, nothing.aliases) == (0, set())
