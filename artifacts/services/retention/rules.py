"""Retention rules: a sequence keeps its newest versions; a sweep moves old ones to the trash."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Collection, LegalHold, Membership, RetentionRule, Version
from artifacts.reads.deletable_versions import old_versions, versions_of, without
from artifacts.services.locks import lock_collection, lock_memberships
from artifacts.services.retention.linked_versions import all_kept_links
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.events import record_event
from registry_site.errors import Invalid
from registry_site.texts.edits import Opened

SHOWN = 10  # versions that a preview names
MOST_KEPT, MOST_DAYS = 1_000_000, 36_500
FIELDS = ("keep_newest", "older_than_days", "keeps_aliases", "keeps_tags", "keeps_links")
NO_RULE: dict[str, Any] = {
    "keep_newest": None,
    "older_than_days": None,
    "keeps_aliases": True,
    "keeps_tags": True,
    "keeps_links": True,
}


@dataclass(frozen=True)
class Retirement:
    """The versions that a rule retires now: their number, their bytes, and the first of them."""

    count: int
    size: int
    versions: list[Version]

    @property
    def more(self) -> int:
        return self.count - len(self.versions)


@transaction.atomic
def set_retention_rule(
    *, by: User, collection: Collection, rule: dict[str, Any], opened: Opened | None = None
) -> RetentionRule:
    """Set or change the rule (FIELDS) of a sequence; it takes effect with the next sweep.

    `opened` has the values with which a form was opened. Raises Invalid for a portfolio and for
    bad numbers, Unread where somebody changed the rule meanwhile.
    """
    check(by, Action.EDIT, collection.project)
    locked = lock_collection(collection.pk)
    if locked.is_portfolio:
        raise Invalid(
            _(
                "{name!r} can't have a retention rule: it has links, and its versions are logged "
                "elsewhere. Give the sequence a rule where they are logged."
            ).format(name=locked.name)
        )
    before = read_rule(locked)
    after = before | settle_edit(
        by=by,
        opened=opened,
        now=before,
        texts=_checked(NO_RULE | rule),
        kind=Kind.COLLECTION,
        subject_id=locked.pk,
    )
    earlier = RetentionRule.objects.filter(collection=locked).first()
    if earlier and after == before:
        return earlier
    saved, _is_new = RetentionRule.objects.update_or_create(
        collection=locked, defaults=after | {"updated_by": by}
    )
    _record(by, Verb.SET_RETENTION, locked, before=before if earlier else None, after=after)
    return saved


@transaction.atomic
def remove_retention_rule(*, by: User, collection: Collection) -> None:
    """Remove the sequence's rule, so that all versions stay; a repetition is fine."""
    check(by, Action.EDIT, collection.project)
    locked = lock_collection(collection.pk)
    before = read_rule(locked)
    if RetentionRule.objects.filter(collection=locked).delete()[0]:
        _record(by, Verb.REMOVE_RETENTION, locked, before=before)


def read_rule(collection: Collection) -> dict[str, Any]:
    """Return the rule of a sequence by its FIELDS; NO_RULE where it has none."""
    rule = RetentionRule.objects.filter(collection=collection).values(*FIELDS).first()
    return rule or dict(NO_RULE)


def retirement_of(collection: Collection, rule: dict[str, Any]) -> Retirement:
    """Return the versions that such a rule would retire now, the oldest first."""
    versions = versions_to_retire(RetentionRule(collection=collection, **NO_RULE | rule))
    sums = versions.aggregate(size=Sum("size"))
    rows = versions.select_related("sequence").order_by("version_index")[:SHOWN]
    return Retirement(versions.count(), sums["size"] or 0, list(rows))


def versions_to_retire(rule: RetentionRule) -> QuerySet[Version]:
    """Return the versions that the rule retires now.

    Versions on legal hold, or linked to a registry that keeps them, stay whatever the rule says.
    """
    versions = old_versions(versions_of(rule.collection), rule.keep_newest)
    if rule.older_than_days:
        limit = timezone.now() - timedelta(days=rule.older_than_days)
        versions = versions.filter(created_at__lt=limit)
    savers = {"aliases": rule.keeps_aliases, "tags": rule.keeps_tags, "links": rule.keeps_links}
    versions = without(versions, rule.collection, [name for name, keeps in savers.items() if keeps])
    standing = LegalHold.objects.active()
    on_hold = standing.filter(collection__isnull=False).values("collection")
    memberships = Membership.objects.filter(version=OuterRef("pk"), collection__in=on_hold)
    own = standing.filter(version=OuterRef("pk"))
    linked = all_kept_links().filter(version=OuterRef("pk"))
    return versions.exclude(Exists(own)).exclude(Exists(memberships)).exclude(Exists(linked))


def rules_in_force() -> QuerySet[RetentionRule]:
    """Return the rules of all sequences that are not in the trash."""
    return RetentionRule.objects.filter(
        collection__deleted_at__isnull=True, collection__project__deleted_at__isnull=True
    )


def due_by_rule(key: int) -> tuple[QuerySet[Version], str]:
    """Return the versions that the rule retires now, and the rule in one sentence.

    Returns no versions where the rule was removed.
    """
    rule = rules_in_force().select_related("collection").filter(pk=key).first()
    if rule is None:
        return Version.objects.none(), ""
    return versions_to_retire(rule), describe_rule(rule)


def lock_due_by_rule(key: int, versions: list[int]) -> tuple[QuerySet[Version], str]:
    """Return those of the locked versions that the rule retires, and the rule in one sentence.

    The caller has locked the versions. This locks the rule and the collections, so that until the
    end of the transaction nobody changes the rule or gives a version an alias or a link.
    """
    sequence = RetentionRule.objects.filter(pk=key).values_list("collection", flat=True)
    lock_memberships(versions, *sequence)
    due, note = due_by_rule(key)
    return due.filter(pk__in=versions), note


def describe_rule(rule: RetentionRule) -> str:
    """Return the rule in one sentence, as events and pages show it."""
    text = ngettext(
        "Retention rule: the newest version stays",
        "Retention rule: the newest {count} versions stay",
        rule.keep_newest,
    ).format(count=rule.keep_newest)
    savers = [
        word
        for keeps, word in (
            (rule.keeps_aliases, _("what has an alias")),
            (rule.keeps_tags, _("what has a tag")),
            (rule.keeps_links, _("what is linked")),
            (True, _("what is on legal hold")),
        )
        if keeps
    ]
    text = _("{rule}, and {kept}.").format(rule=text, kept=", ".join(savers))
    if not rule.older_than_days:
        return text
    days = ngettext(
        "Others go once they are {count} day old.",
        "Others go once they are {count} days old.",
        rule.older_than_days,
    ).format(count=rule.older_than_days)
    return _("{rule} {days}").format(rule=text, days=days)


def _checked(rule: dict[str, Any]) -> dict[str, Any]:
    newest, days = rule["keep_newest"], rule["older_than_days"]
    if newest is None or not 1 <= newest <= MOST_KEPT:
        raise Invalid(
            _("A retention rule keeps 1 to {most} of the newest versions.").format(most=MOST_KEPT)
        )
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise Invalid(_("Give an age of at most {most} days.").format(most=MOST_DAYS))
    return rule | {"older_than_days": days or None}


def _record(by: User, verb: Verb, collection: Collection, **change: Any) -> None:
    record_event(
        by=by,
        verb=verb,
        kind=Kind.COLLECTION,
        subject=collection.target_path,
        subject_id=collection.pk,
        project_id=collection.project_id,
        **change,
    )
