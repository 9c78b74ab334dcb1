"""Every sentence can be said of an event that tells little, and every operation's event has one."""

import pytest

from artifacts.services.collections.links import link_version
from artifacts.services.retention.holds import lift_hold, place_hold
from registries.views.history.entries import sentence_texts as sentences
from registries.views.history.entries.entries import entries_of
from registry_site.accounts.models import Event, Kind, Verb
from tests.factories import fresh, make_event_of_later_code

pytestmark = pytest.mark.django_db
# of accounts and keys, which stand in no history that people see
UNSEEN = {Verb.CLOSE, Verb.SET_PASSWORD, Verb.SET_DEFAULT_ENTITY}


def test_every_verb_has_a_sentence():
    said = {verb for _kind, verb in sentences.SENTENCES} | {Verb.UPDATE, Verb.SET_ROLE}
    assert set(Verb) - said == UNSEEN


def test_every_sentence_is_of_a_kind_and_a_verb_that_there_are():
    kinds, verbs = zip(*[*sentences.SENTENCES, *sentences.GROUPS], strict=True)
    assert {*kinds, *sentences.COMING} <= set(Kind)
    assert {*verbs, *sentences.OF_LINKED} <= set(Verb)


@pytest.mark.slow
@pytest.mark.parametrize("change", [None, "v1", ["x"], {"role": "viewer"}, {"x": {"y": [1]}}, 7])
def test_each_is_said_of_an_event_that_tells_little(alice, registry, change):
    known = [
        *sentences.SENTENCES,
        *((kind, "set_role") for kind in sentences.COMING),
        *(("collection", verb) for verb in sentences.OF_LINKED),
    ]
    for kind, verb in [*known, ("registry", "update"), ("teapot", "brew"), ("", "")]:
        for subject in ("", "x", "a/b/c:v0"):
            make_event_of_later_code(
                verb=verb,
                kind=kind,
                subject=subject,
                note="<b>{why}</b>",
                project_id=registry.project_id,
                before=change,
                after=change,
            )
    for entry in entries_of(fresh(alice), Event.objects.filter(note__startswith="<b>")):
        assert entry.sentence.text.endswith(": <b>{why}</b>")
        assert "<b>" not in entry.sentence.html
        assert "{why}" in entry.sentence.html


def test_holds_on_a_linked_version_name_the_version(alice, bob, registry, version):
    link_version(by=bob, version=version, project=registry.project, collection_name="c")
    hold = place_hold(by=fresh(alice), thing=version, reason="An audit.")
    lift_hold(by=fresh(alice), hold=hold, reason="It is over.")
    events = Event.objects.filter(kind="collection").order_by("pk")
    said = [entry.sentence.text for entry in entries_of(fresh(alice), events)]
    assert any(text.startswith("alice put c:v0 on legal hold") for text in said)
    assert any(text.startswith("alice lifted the legal hold on c:v0") for text in said)
