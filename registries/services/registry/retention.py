"""Whether a registry keeps what is linked to it, and how much that and legal holds protect."""

from django.db import transaction
from django.db.models import Q

from artifacts.models import LegalHold, Membership, Version
from artifacts.querysets.retention import LegalHoldQuerySet
from registries.models import Registry
from registries.services.registry.events import record_change
from registries.services.registry.locks import lock_registry
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.texts.edits import Opened


@transaction.atomic
def set_keeps_linked(
    *, by: User, registry: Registry, keeps_linked: bool, opened: Opened | None = None
) -> Registry:
    """Set whether the source of what is linked here is kept; only the registry's admins may.

    `opened`: what a form was opened with. Raises Unread where somebody changed it meanwhile.
    """
    check(by, Action.MANAGE, registry.project)
    locked = lock_registry(registry)
    before = {"keeps_linked": locked.project.keeps_linked}
    after = settle_edit(
        by=by,
        opened=opened,
        now=before,
        texts={"keeps_linked": keeps_linked},
        kind=Kind.REGISTRY,
        subject_id=locked.pk,
    )
    if after != before:
        locked.project.keeps_linked = after["keeps_linked"]
        locked.project.save(update_fields=["keeps_linked", "updated_at"])
        record_change(by, Verb.UPDATE, locked, before=before, after=after)
    return locked


def count_links(registry: Registry) -> int:
    """Return how many links to the registry there are."""
    return Membership.objects.live().filter(collection__project=registry.project_id).count()


def holds_in(registry: Registry) -> LegalHoldQuerySet:
    """Return active holds on a collection here, or on a version that is linked here."""
    links = Membership.objects.live().filter(collection__project=registry.project_id)
    versions = Version.objects.filter(pk__in=links.values("version"))
    here = Q(collection__project=registry.project_id)
    over = Q(pk__in=LegalHold.objects.over(versions).values("pk"))
    return LegalHold.objects.active().filter(here | over)
