"""Retention rules: what they keep, what they let go, and what a trial tells before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.models import Alias, Collection, RetentionRule, Version
from artifacts.services import locks
from artifacts.services.collections.collections import delete_collection
from artifacts.services.collections.links import link_version
from artifacts.services.retention.holds import place_hold
from artifacts.services.retention.rules import (
    describe_rule,
    read_rule,
    remove_retention_rule,
    retirement_of,
    set_retention_rule,
)
from artifacts.services.sweep.report import SweepReport
from artifacts.services.sweep.sweep import sweep, sweep_steps
from artifacts.services.trash import trash
from registry_site.accounts.models import Event
from registry_site.errors import Denied, Invalid, NotFound
from tests import factories


@pytest.fixture
def versions(sequence):
    return [factories.make_version(sequence) for _number in range(6)]


def rule(by, sequence, keep_newest=2, **options):
    return set_retention_rule(
        by=by, collection=sequence, rule={"keep_newest": keep_newest, **options}
    )


def left():
    return sorted(Version.objects.committed().values_list("version_index", flat=True))


def test_the_newest_stay(bob, sequence, versions):
    rule(bob, sequence)
    foreseen = retirement_of(sequence, {"keep_newest": 2})
    assert (foreseen.count, foreseen.size, foreseen.more) == (
        4,
        sum(v.size for v in versions[:4]),
        0,
    )
    assert [str(each) for each in foreseen.versions][0] == "iris-model:v0"
    report = sweep()
    assert (report["retired"], report.sizes["retired"]) == (4, foreseen.size)
    assert left() == [4, 5]
    event = Event.objects.filter(verb="delete").first()
    assert (event.actor, event.note) == (None, describe_rule(RetentionRule.objects.get()))
    assert "the newest 2 versions stay" in event.note
    assert sweep()["retired"] == 0


def test_what_has_an_alias_a_tag_a_link_or_a_hold_stays(alice, bob, letting_go, sequence, versions):
    Alias.objects.create(collection=sequence, membership=versions[0].memberships.get(), name="best")
    versions[1].tags.create(name="t")
    link_version(by=bob, version=versions[2], project=letting_go.project, collection_name="c")
    place_hold(by=alice, thing=versions[3], reason="audit")
    rule(bob, sequence, keep_newest=1)
    assert (sweep()["retired"], left()) == (1, [0, 1, 2, 3, 5])
    rule(bob, sequence, keep_newest=1, keeps_aliases=False)
    assert (sweep()["retired"], left()) == (1, [1, 2, 3, 5])
    rule(bob, sequence, keep_newest=1, keeps_aliases=False, keeps_tags=False)
    assert (sweep()["retired"], left()) == (1, [2, 3, 5])
    rule(bob, sequence, keep_newest=1, keeps_aliases=False, keeps_tags=False, keeps_links=False)
    assert (sweep()["retired"], left()) == (1, [3, 5])


def test_what_a_registry_keeps_stays_whatever_the_rule_says(bob, registry, sequence, versions):
    link_version(by=bob, version=versions[0], project=registry.project, collection_name="c")
    rule(bob, sequence, keep_newest=1, keeps_links=False)
    assert retirement_of(sequence, {"keep_newest": 1, "keeps_links": False}).count == 4
    report = sweep()
    assert (report["retired"], report.refused_count, left()) == (4, 0, [0, 5])


def test_a_hold_on_a_collection_keeps_all(alice, bob, sequence, versions):
    rule(bob, sequence)
    place_hold(by=alice, thing=sequence, reason="audit")
    assert retirement_of(sequence, {"keep_newest": 2}).count == sweep()["retired"] == 0


def test_only_what_is_old_enough(bob, sequence, versions):
    old = timezone.now() - timedelta(days=40)
    Version.objects.filter(version_index__lt=3).update(created_at=old)
    rule(bob, sequence, older_than_days=30)
    assert (sweep()["retired"], left()) == (3, [3, 4, 5])


def test_a_protected_alias_is_refused_and_told(alice, bob, letting_go, sequence, versions):
    link_version(
        by=alice,
        version=versions[0],
        project=letting_go.project,
        collection_name="c",
        aliases=["production"],
    )
    rule(bob, sequence, keep_newest=5, keeps_aliases=False, keeps_links=False)
    report = sweep()
    assert (report["retired"], report.refused_count) == (0, 1)
    assert "protected alias 'production'" in report.refusals[0].reason


def test_rules_are_set_changed_and_removed(bob, sequence, versions):
    assert read_rule(sequence)["keep_newest"] is None
    for _time in range(2):
        rule(bob, sequence, older_than_days=0)
    assert read_rule(sequence)["older_than_days"] is None
    rule(bob, sequence, 3)
    for _time in range(2):
        remove_retention_rule(by=bob, collection=sequence)
    assert not RetentionRule.objects.exists()
    told = (
        Event.objects.filter(verb__contains="retention")
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert list(told) == ["set_retention", "set_retention", "remove_retention"]
    assert sweep()["retired"] == 0


@pytest.mark.parametrize("is_removed", [True, False])
def test_a_rule_that_is_removed_or_loosened_during_a_sweep_stops(
    bob, sequence, versions, monkeypatch, is_removed
):
    monkeypatch.setattr("artifacts.services.sweep.sweep._TOGETHER", 1)
    rule(bob, sequence)
    report = SweepReport()
    steps = sweep_steps(report)
    while not report["retired"]:
        next(steps)
    if is_removed:
        remove_retention_rule(by=bob, collection=sequence)
    else:
        rule(bob, sequence, 4)
    list(steps)
    assert left() == ([1, 2, 3, 4, 5] if is_removed else [2, 3, 4, 5])


@pytest.mark.parametrize("together", [True, False])
def test_an_alias_given_as_the_sweep_comes_saves(bob, sequence, versions, monkeypatch, together):
    """It looks for aliases once it holds the collection, not before."""
    rule(bob, sequence, 5)
    lock = locks.lock_collections

    def give_first(pks):
        held = lock(pks)
        membership = versions[0].memberships.get()
        Alias.objects.get_or_create(collection=sequence, membership=membership, name="best")
        return held

    for module in (locks, trash):
        monkeypatch.setattr(module, "lock_collections", give_first)
    if not together:
        monkeypatch.setattr("artifacts.services.sweep.sweep._retire_together", lambda *_: False)
    assert sweep()["retired"] == 0
    assert left() == [0, 1, 2, 3, 4, 5]


def test_who_may_not_and_what_is_no_rule(bob, victor, charlie, sequence, collection):
    for person, refusal in ((victor, Denied), (charlie, NotFound)):
        with pytest.raises(refusal):
            rule(person, sequence)
        with pytest.raises(refusal):
            remove_retention_rule(by=person, collection=sequence)
    for number in (None, 0, -1, 10_000_000):
        with pytest.raises(Invalid):
            rule(bob, sequence, number)
    with pytest.raises(Invalid, match="at most 36500 days"):
        rule(bob, sequence, older_than_days=50_000)
    with pytest.raises(Invalid, match="it has links"):
        rule(bob, collection)


def test_rules_of_deleted_collections_rest(bob, sequence, versions):
    rule(bob, sequence)
    delete_collection(by=bob, collection=sequence)
    assert sweep()["retired"] == 0
    assert Collection.with_deleted.get(pk=sequence.pk).retention_rule.keep_newest == 2
