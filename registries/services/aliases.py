"""What a registry's admins decide about aliases: which are protected, and which are pinned.

A protected alias is reserved for admins; a pinned one stands above the versions of each collection
though anybody may move it. Both lie on the project, where `artifacts` enforces them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.models import Alias, PinnedAlias, Project, ProtectedAlias
from artifacts.services.aliases.aliases import check_alias_names
from registries.models import Registry
from registries.services.registry.registries import record_change
from registries.services.registry.settings import hold_registry
from registry_site.accounts.alias_names import (
    LATEST,
    AliasNames,
    check_alias_pattern,
    is_pattern,
    meant_by,
)
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Invalid

MOST_PROTECTED = 100  # names and patterns of one registry
MOST_PINNED = 20
_NAMED = 5  # aliases that a sentence names


@dataclass
class AliasUse:
    """A protected or pinned name, and the aliases in use that it covers today."""

    name: str
    is_pattern: bool = False
    memberships: set[int] = field(default_factory=set)
    collections: set[int] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)

    @property
    def version_count(self) -> int:
        return len(self.memberships)

    @property
    def collection_count(self) -> int:
        return len(self.collections)

    @property
    def some_aliases(self) -> list[str]:
        return sorted(self.aliases)[:_NAMED]

    @property
    def more_aliases(self) -> int:
        return max(len(self.aliases) - _NAMED, 0)


@transaction.atomic
def protect_aliases(*, by: User, registry: Registry, names: Iterable[str]) -> list[str]:
    """Let only the registry's admins give, move and remove these aliases, in whatever capitals.

    A name with `*` is a pattern. Returns what is new: names that are listed already are passed
    over. Raises Invalid for what can't be an alias.
    """
    check(by, Action.MANAGE, registry.project)
    held = hold_registry(registry)
    wanted = {meant_by(name): name for name in map(check_alias_pattern, names)}
    known = held.project.protected_alias_names.all()
    for name in known:
        wanted.pop(meant_by(name), None)
    if len(known) + len(wanted) > MOST_PROTECTED:
        text = _("A registry has at most {limit} protected names and patterns; use a pattern.")
        raise Invalid(text.format(limit=MOST_PROTECTED))
    new = sorted(wanted.values())
    ProtectedAlias.objects.bulk_create(
        ProtectedAlias(project=held.project, name=name) for name in new
    )
    return _recorded(by, "protect_aliases", held, after=new)


@transaction.atomic
def unprotect_aliases(*, by: User, registry: Registry, names: Iterable[str]) -> list[str]:
    """Let members move these aliases again; return what was taken off the list.

    What another name or pattern of the list covers stays protected.
    """
    check(by, Action.MANAGE, registry.project)
    held = hold_registry(registry)
    rows = ProtectedAlias.objects.filter(project=held.project, name__in=list(names))
    gone = sorted(rows.values_list("name", flat=True))
    rows.delete()
    return _recorded(by, "unprotect_aliases", held, before=gone)


@transaction.atomic
def pin_aliases(*, by: User, registry: Registry, names: Iterable[str]) -> list[str]:
    """Show these aliases above the versions of each collection; return what is new.

    Raises Invalid for what can't be an alias, and for `latest`, which always is the newest.
    """
    check(by, Action.MANAGE, registry.project)
    held, names = hold_registry(registry), list(names)
    if LATEST in names:
        text = _("{name} can't be pinned: it always names the newest version.")
        raise Invalid(text.format(name=LATEST))
    if patterns := [name for name in names if is_pattern(name)]:
        text = _("{name} can't be pinned: give one alias, without “*”.")
        raise Invalid(text.format(name=patterns[0]))
    known = set(held.project.pinned_alias_names)
    new = sorted(set(check_alias_names(names)) - known)
    if len(known) + len(new) > MOST_PINNED:
        text = _("A registry has at most {limit} pinned aliases; take another one off first.")
        raise Invalid(text.format(limit=MOST_PINNED))
    PinnedAlias.objects.bulk_create(PinnedAlias(project=held.project, name=name) for name in new)
    return _recorded(by, "pin_aliases", held, after=new)


@transaction.atomic
def unpin_aliases(*, by: User, registry: Registry, names: Iterable[str]) -> list[str]:
    """Take these aliases off what is pinned; return those that were."""
    check(by, Action.MANAGE, registry.project)
    held = hold_registry(registry)
    rows = PinnedAlias.objects.filter(project=held.project, name__in=list(names))
    gone = sorted(rows.values_list("name", flat=True))
    rows.delete()
    return _recorded(by, "unpin_aliases", held, before=gone)


def uses_of(project: Project, names: Iterable[str]) -> list[AliasUse]:
    """Return for each name or pattern what it covers in the project today, in one query."""
    uses = [(AliasUse(name, is_pattern(name)), AliasNames([name])) for name in names]
    covering: dict[str, list[AliasUse]] = {}
    rows = Alias.objects.filter(collection__project=project)
    for name, collection, membership in rows.values_list(
        "name", "collection_id", "membership_id"
    ).iterator():
        if name not in covering:
            covering[name] = [use for use, covered in uses if name in covered]
        for use in covering[name]:
            use.memberships.add(membership)
            use.collections.add(collection)
            use.aliases.add(name)
    return [use for use, _covered in uses]


def _recorded(by: User, verb: str, registry: Registry, **change: Any) -> list[str]:
    (names,) = change.values()
    if names:
        record_change(by, verb, registry, **change)
    return names
