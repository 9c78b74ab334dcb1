"""Legal holds: an organization admin keeps a version or collection from deletion by anybody.

A hold on a collection is on every version in it. A hold is placed and lifted with a reason, and
its row stays.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Collection, LegalHold, Membership, Project, Version
from artifacts.querysets.retention import LegalHoldQuerySet
from artifacts.services.locks import lock_collections, lock_project, lock_version
from registry_site.accounts.models import Kind, Organization, User, Verb
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid, NotFound

MAX_REASON = 2000  # characters


class OnHold(Conflict):
    """The refusal because of legal holds; its sentence names a hold that the reader may see."""

    def __init__(
        self, *, by: User | None, holds: LegalHoldQuerySet, thing: Any, unlinks: bool
    ) -> None:
        self.holds, self.thing, self.unlinks = holds, thing, unlinks
        super().__init__(self.told_to(by))

    def told_to(self, by: User | None) -> str:
        """Return the sentence for this person, who must be able to see the thing."""
        rows = list(self.holds.for_row().order_by("pk")[:20])
        seen = next((hold for hold in rows if may_see_hold(by, hold)), None)
        text = (
            _(
                "{thing} can't be unlinked: {hold}. An admin of {organization} has to lift the "
                "hold first ({admins})."
            )
            if self.unlinks
            else _(
                "{thing} can't be deleted: {hold}. An admin of {organization} has to lift the "
                "hold first ({admins})."
            )
        )
        organization = rows[0].organization
        return text.format(
            thing=self.thing,
            hold=_describe(by, seen, self.holds.count()),
            organization=organization,
            admins=", ".join(organization.admin_names()),
        )


def place_hold(*, by: User, thing: Version | Collection, reason: str) -> LegalHold:
    """Place a hold on a committed version, or on a collection with all that is in it.

    Only admins of the organization may. Raises Conflict where it has a hold already, Invalid
    without a reason, and for what belongs to a person and so to no organization.
    """
    check(by, Action.READ, thing if isinstance(thing, Version) else thing.project)
    organization = organization_of(thing)
    check(by, Action.MANAGE, organization)
    text = _check_reason(reason, _("Say why it is held: the reason is shown wherever it is held."))
    with transaction.atomic():
        _lock(thing)
        if LegalHold.objects.active().of(thing).exists():
            raise Conflict(
                _("{thing} is on legal hold already. Lift that hold first.").format(thing=thing)
            )
        hold = LegalHold.objects.create(
            organization=organization, reason=text, placed_by=by, **_field(thing)
        )
        _record(by, Verb.HOLD, hold, note=text)
    return hold


def lift_hold(*, by: User, hold: LegalHold, reason: str) -> LegalHold:
    """Lift a hold, with a reason; the row stays. Raises Conflict where it was lifted already."""
    check(by, Action.MANAGE, hold.organization)
    text = _check_reason(reason, _("Say why the hold is lifted: the reason stays in the history."))
    with transaction.atomic():
        locked = LegalHold.objects.select_for_update(of=("self",)).for_row().get(pk=hold.pk)
        if locked.lifted_at:
            raise Conflict(_("This hold on {thing} was lifted already.").format(thing=locked))
        locked.lifted_at, locked.lifted_by, locked.lift_reason = timezone.now(), by, text
        locked.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
        _record(by, Verb.LIFT_HOLD, locked, note=text)
    return locked


def holds_of(*, by: User, organization: Organization) -> LegalHoldQuerySet:
    """Return all holds of the organization, lifted ones, too; raises Denied unless an admin."""
    check(by, Action.MANAGE, organization)
    return LegalHold.objects.filter(organization=organization).for_row()


def reach_hold(*, by: User, organization: Organization, pk: int) -> LegalHold:
    """Return one of the organization's holds; raises NotFound where there is none of this key."""
    hold = holds_of(by=by, organization=organization).filter(pk=pk).first()
    if hold is None:
        raise NotFound(_("There is no such hold here."))
    return hold


def organization_of(thing: Version | Collection) -> Organization:
    """Return the organization whose admins place and lift holds on the thing; Invalid if none."""
    sequence = thing.sequence if isinstance(thing, Version) else thing
    owner = sequence.project.entity.owner
    if owner is None:
        raise Invalid(
            _(
                "{thing} can't be held: it belongs to a personal account. Legal holds are for what "
                "an organization owns."
            ).format(thing=thing)
        )
    return owner


def holds_over_collections(collections: QuerySet[Collection]) -> LegalHoldQuerySet:
    """Return the standing holds on any of these collections, or on a version in one of them."""
    memberships = Membership.objects.filter(collection__in=collections.values("pk"))
    versions = Version.objects.filter(pk__in=memberships.values("version"))
    standing = LegalHold.objects.active()
    own = standing.filter(collection__in=collections.values("pk")).values("pk")
    return standing.filter(Q(pk__in=own) | Q(pk__in=LegalHold.objects.over(versions).values("pk")))


def check_versions_not_held(
    *, by: User | None, versions: QuerySet[Version], thing: Any, unlinks: bool = False
) -> None:
    """Raise Conflict where one of the versions is on legal hold; `thing` is or has them."""
    _check(by, LegalHold.objects.over(versions), thing, unlinks=unlinks)


def check_collections_not_held(
    *, by: User | None, collections: QuerySet[Collection], thing: Any
) -> None:
    """Raise Conflict where a hold is on one of the collections, or on a version in one of them."""
    _check(by, holds_over_collections(collections), thing)


def hold_refusal(*, by: User, collection: Collection) -> str:
    """Return a sentence on the hold that keeps the collection from deletion, "" without one."""
    collections = Collection.objects.filter(pk=collection.pk)
    try:
        check_collections_not_held(by=by, collections=collections, thing=collection)
    except Conflict as refusal:
        return refusal.message
    return ""


def may_see_hold(by: User | None, hold: LegalHold, *, membership: Membership | None = None) -> bool:
    """Return whether the person may see the thing that the hold is on; `by` None may see all.

    `membership` is a link to the held version: whoever may read its project may see the hold.
    Lists pass it, to need no query for each row.
    """
    if by is None or can(by, Action.MANAGE, hold.organization):
        return True
    if hold.collection is not None:
        return can(by, Action.READ, hold.collection.project)
    if membership is not None and can(by, Action.READ, membership.collection.project):
        return True
    return can(by, Action.READ, hold.thing)  # type: ignore[arg-type]  # a container


def _check(by: User | None, holds: LegalHoldQuerySet, thing: Any, *, unlinks: bool = False) -> None:
    if holds.exists():
        raise OnHold(by=by, holds=holds, thing=thing, unlinks=unlinks)


def _describe(by: User | None, hold: LegalHold | None, count: int) -> str:
    if hold is None:
        return _("it is on legal hold through a collection that you can't open")
    text = _("{path} is on legal hold since {day}, by {user}: “{reason}”").format(
        path=hold if by is None or hold.version is None else hold.version.seen_by(by),
        day=hold.placed_at.date().isoformat(),
        user=hold.placed_by or "–",
        reason=hold.reason,
    )
    if count == 1:
        return text
    more = ngettext("{count} more hold", "{count} more holds", count - 1).format(count=count - 1)
    return _("{first} (and {more})").format(first=text, more=more)


def _check_reason(reason: str, missing: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid(missing)
    if len(text) > MAX_REASON:
        raise Invalid(
            _("The reason has {count} characters; {limit} at most are possible.").format(
                count=len(text), limit=MAX_REASON
            )
        )
    return text


def _lock(thing: Version | Collection) -> None:
    """Lock the row as deletions do, until the transaction ends; NotFound where it is gone."""
    if isinstance(thing, Version):
        locked = lock_version(thing.pk)
        if not locked.is_committed or locked.deleted_at:
            raise Conflict(
                _("{thing} can't be held: it is not committed, or it was deleted.").format(
                    thing=thing
                )
            )
    lock_project(_project_of(thing).pk)
    if isinstance(thing, Collection):
        held_collection = lock_collections([thing.pk]).get(thing.pk)
        if held_collection is None or held_collection.deleted_at:
            raise NotFound(_("There is no such collection that you may see."))


def _project_of(thing: Version | Collection) -> Project:
    return thing.sequence.project if isinstance(thing, Version) else thing.project


def _field(thing: Version | Collection) -> dict[str, Any]:
    return {"version" if isinstance(thing, Version) else "collection": thing}


def _record(by: User, verb: Verb, hold: LegalHold, *, note: str) -> None:
    """Record the event for the thing and for every collection that has the version."""
    if hold.collection is not None:
        record_event(
            by=by,
            verb=verb,
            kind=Kind.COLLECTION,
            subject=hold.full_name,
            subject_id=hold.collection_id,
            project_id=hold.collection.project_id,
            note=note,
        )
        return
    memberships = Membership.objects.live().filter(version=hold.version_id)
    for membership in memberships.for_path().order_by("pk"):
        record_event(
            by=by,
            verb=verb,
            kind=Kind.VERSION if membership.is_source else Kind.COLLECTION,
            subject=membership.full_name,
            project_id=membership.collection.project_id,
            subject_id=hold.version_id if membership.is_source else membership.collection_id,
            note=note,
        )
