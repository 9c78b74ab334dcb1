"""Aliases that only a registry's admins may give, move and remove.

Their names are stored on the registry's project, where `artifacts` checks them in every operation.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.models import ProtectedAlias
from registries.models import Registry
from registries.services.registry.events import record_change
from registries.services.registry.locks import lock_registry
from registry_site.accounts.alias_names import check_alias_pattern, meant_by
from registry_site.accounts.models import User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Invalid

MOST_PROTECTED = 100  # names and patterns of one registry


@transaction.atomic
def protect_aliases(*, by: User, registry: Registry, names: Iterable[str]) -> list[str]:
    """Let only the registry's admins give, move and remove these aliases, whatever their case.

    A name with `*` is a pattern. Returns the new ones: names that are listed already are passed
    over. Raises Invalid for a text that can't be an alias.
    """
    check(by, Action.MANAGE, registry.project)
    locked = lock_registry(registry)
    new_names = {meant_by(name): name for name in map(check_alias_pattern, names)}
    protected = locked.project.protected_alias_names.all()
    for name in protected:
        new_names.pop(meant_by(name), None)
    if len(protected) + len(new_names) > MOST_PROTECTED:
        text = _("A registry has at most {limit} protected names and patterns; use a pattern.")
        raise Invalid(text.format(limit=MOST_PROTECTED))
    new = sorted(new_names.values())
    ProtectedAlias.objects.bulk_create(
        ProtectedAlias(project=locked.project, name=name) for name in new
    )
    if new:
        record_change(by, Verb.PROTECT_ALIASES, locked, after=new)
    return new


@transaction.atomic
def unprotect_aliases(*, by: User, registry: Registry, names: Iterable[str]) -> list[str]:
    """Let members move these aliases again; return the names that were removed from the list.

    An alias that another name or pattern of the list covers stays protected.
    """
    check(by, Action.MANAGE, registry.project)
    locked = lock_registry(registry)
    rows = ProtectedAlias.objects.filter(project=locked.project, name__in=list(names))
    gone = sorted(rows.values_list("name", flat=True))
    rows.delete()
    if gone:
        record_change(by, Verb.UNPROTECT_ALIASES, locked, before=gone)
    return gone
