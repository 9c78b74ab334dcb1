"""Pinned aliases: shown above the versions of each collection, movable by any member."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.models import PinnedAlias
from artifacts.services.aliases.aliases import check_alias_names
from registries.models import Registry
from registries.services.registry.events import record_change
from registries.services.registry.locks import lock_registry
from registry_site.accounts.alias_names import LATEST, is_pattern
from registry_site.accounts.models import User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Invalid

MOST_PINNED = 20


@transaction.atomic
def pin_aliases(*, by: User, registry: Registry, names: Iterable[str]) -> list[str]:
    """Show these aliases above the versions of each collection; return the new ones.

    Raises Invalid for a text that can't be an alias, and for `latest`, which always is the newest
    version.
    """
    check(by, Action.MANAGE, registry.project)
    locked, names = lock_registry(registry), list(names)
    if LATEST in names:
        text = _("{name} can't be pinned: it always names the newest version.")
        raise Invalid(text.format(name=LATEST))
    if patterns := [name for name in names if is_pattern(name)]:
        text = _("{name} can't be pinned: give one alias, without “*”.")
        raise Invalid(text.format(name=patterns[0]))
    pinned = set(locked.project.pinned_alias_names)
    new = sorted(set(check_alias_names(names)) - pinned)
    if len(pinned) + len(new) > MOST_PINNED:
        text = _("A registry has at most {limit} pinned aliases; take another one off first.")
        raise Invalid(text.format(limit=MOST_PINNED))
    PinnedAlias.objects.bulk_create(PinnedAlias(project=locked.project, name=name) for name in new)
    if new:
        record_change(by, Verb.PIN_ALIASES, locked, after=new)
    return new


@transaction.atomic
def unpin_aliases(*, by: User, registry: Registry, names: Iterable[str]) -> list[str]:
    """Unpin these aliases; return those that were pinned."""
    check(by, Action.MANAGE, registry.project)
    locked = lock_registry(registry)
    rows = PinnedAlias.objects.filter(project=locked.project, name__in=list(names))
    gone = sorted(rows.values_list("name", flat=True))
    rows.delete()
    if gone:
        record_change(by, Verb.UNPIN_ALIASES, locked, before=gone)
    return gone
