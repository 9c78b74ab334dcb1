"""Aliases: each names one membership of its collection; only admins move protected ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Alias, Membership, Project
from artifacts.querysets.collections import LATEST
from artifacts.services.aliases.set_at_once import set_at_once
from artifacts.services.locks import hold_collection
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.names import check_alias_name
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.services.events import describe_event, record_events
from registry_site.errors import Denied, Invalid, NotFound
from registry_site.queries.prepared import prepared

MAX_ALIASES = 1000  # in one request
MAX_NOTE = 1000  # characters


@dataclass(frozen=True)
class AliasChange:
    """What happened to one alias: which number had it before and which has it now."""

    name: str
    before: str | None
    after: str | None
    event_id: int


def add_aliases(
    *, by: User, membership: Membership, names: Iterable[str], note: str = ""
) -> list[AliasChange]:
    """Move these aliases to the membership from wherever they are, and return the changes.

    `note` says why, and is kept with each change. `latest` is ignored, because it follows the
    newest version by itself; so is the membership's number, which wandb 0.31 sends among the
    aliases of `linked_artifacts`. Raises Invalid for a name that can't be an alias, Denied for a
    protected one unless the person is an admin of the project.
    """
    project = membership.collection.project
    check(by, Action.EDIT, project)
    names = [name for name in names if name != membership.number]
    names = check_alias_names(names, collection=membership.collection.name)
    check_may_give(by=by, project=project, names=names, collection=membership.collection.name)
    note = check_note(note)
    changes = _set_at_once(by, membership, names, note)
    if changes is not None:
        return changes
    with transaction.atomic():
        hold_collection(membership.collection_id)
        if not _live(membership.pk):  # deleted or unlinked a moment ago
            raise NotFound(_("There is no such version that you may see."))
        return set_aliases(by=by, membership=membership, names=names, note=note)


def remove_aliases(
    *, by: User, membership: Membership, names: Iterable[str], note: str = ""
) -> list[AliasChange]:
    """Remove these aliases from the membership, and return the changes.

    Its number and aliases that it doesn't have are ignored. Old aliases with names that can no
    longer be given are removed like all others.
    """
    project, names = membership.collection.project, set(names)
    check(by, Action.EDIT, project)
    note = check_note(note)
    with transaction.atomic():
        hold_collection(membership.collection_id)
        aliases = Alias.objects.filter(membership=membership)
        carried = set(aliases.values_list("name", flat=True))
        gone = sorted(names & carried)
        check_alias_names(names - carried - {membership.number})
        check_protected(by=by, project=project, names=gone)
        return take_aliases(by=by, membership=membership, names=gone, note=note)


def take_aliases(
    *, by: User, membership: Membership, names: Iterable[str], note: str = ""
) -> list[AliasChange]:
    """Remove those of the aliases that it has; the caller checked rights and holds the lock."""
    names = list(names)
    if not names:
        return []
    Alias.objects.filter(membership=membership, name__in=names).delete()
    return _record(
        by, membership, [(Verb.REMOVE_ALIAS, name, membership.index) for name in names], note
    )


def check_protected(*, by: User, project: Project, names: Iterable[str]) -> None:
    """Raise Denied where a name is a protected alias and the person isn't an admin."""
    names = set(names)
    protected = names & project.protected_alias_names if names else set()
    if not protected or can(by, Action.PROTECT, project):
        return
    try:
        check(by, Action.PROTECT, project)
    except Denied as refusal:
        name = sorted(protected)[0]
        pattern = project.protected_alias_names.pattern_of(name)
        if pattern:
            text = _("The alias {name!r} is protected by the pattern {pattern!r}. {rule}")
            rule = refusal.message
            wider = Denied(text.format(name=name, pattern=pattern, rule=rule))
            wider.needed, wider.ask_url = refusal.needed, refusal.ask_url
            raise wider from refusal
        raise


def check_may_give(*, by: User, project: Project, names: Iterable[str], collection: str) -> None:
    """Raise Denied as `check_protected` does, Invalid for another spelling of a protected alias.

    Both spellings could then be on different versions. Checked are the protected names, and the
    aliases in the collection named `collection` that a protected pattern covers.
    """
    names = list(names)
    if not names:
        return
    check_protected(by=by, project=project, names=names)
    protected = project.protected_alias_names
    spelled = list(protected)
    covered = [name for name in names if name not in spelled and name in protected]
    if covered and protected.patterns:
        aliases = Alias.objects.filter(collection__project=project, collection__name=collection)
        used = set(aliases.values_list("name", flat=True))
        spelled += [*used, *names]
        covered = [name for name in covered if name not in used]
    for name in covered:
        if others := sorted({each for each in spelled if each in AliasNames([name])} - {name}):
            raise Invalid(
                _(
                    "The alias {name!r} is not possible: it would stand beside a protected alias "
                    "of {project}. Write it as that one: {names}."
                ).format(name=name, project=project, names=", ".join(others))
            )


def check_alias_names(names: Iterable[str], *, collection: str = "") -> list[str]:
    """Return the names once each, without `latest`; raise Invalid for one that can't be given."""
    unique = [name for name in dict.fromkeys(names) if name != LATEST]
    if len(unique) > MAX_ALIASES:
        raise Invalid(_("Give at most {limit} aliases at a time.").format(limit=MAX_ALIASES))
    return [check_alias_name(name, collection=collection) for name in unique]


def check_note(text: str) -> str:
    """Return the note without surrounding white space; raise Invalid where it is too long."""
    note = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(note) > MAX_NOTE:
        raise Invalid(
            _("A note has at most {limit} characters; this one has {length}.").format(
                limit=MAX_NOTE, length=len(note)
            )
        )
    return note


def set_aliases(
    *,
    by: User | None,
    membership: Membership,
    names: Iterable[str],
    note: str = "",
    verb: Verb = Verb.MOVE_ALIAS,
) -> list[AliasChange]:
    """Move the aliases to the membership; the caller checked rights and locked the collection."""
    names = list(names)
    if not names:
        return []
    changes = _set_at_once(by, membership, names, note, verb)
    return _set_plainly(by, membership, names, note, verb) if changes is None else changes


def _set_at_once(
    by: User | None,
    membership: Membership,
    names: list[str],
    note: str,
    verb: Verb = Verb.MOVE_ALIAS,
) -> list[AliasChange] | None:
    """Move the aliases in one statement where that is possible; it locks by itself."""
    if connection.vendor != "postgresql":
        return None
    rows = set_at_once(by=by, membership=membership, names=names, note=note, verb=verb)
    return None if rows is None else [AliasChange(*row) for row in rows]


def _set_plainly(
    by: User | None, membership: Membership, names: list[str], note: str, verb: Verb
) -> list[AliasChange]:
    collection = membership.collection_id
    rows = Alias.objects.filter(collection=collection, name__in=names)
    index_of = dict(rows.values_list("name", "membership__index"))
    moved = [name for name in names if index_of.get(name) != membership.index]
    added = Verb.ADD_ALIAS if verb == Verb.MOVE_ALIAS else verb
    changes = _record(
        by,
        membership,
        [(verb if name in index_of else added, name, index_of.get(name)) for name in moved],
        note,
    )
    Alias.objects.bulk_create(
        (
            Alias(
                collection_id=collection,
                membership=membership,
                name=change.name,
                event_id=change.event_id,
            )
            for change in changes
        ),
        update_conflicts=True,
        unique_fields=["collection", "name"],
        update_fields=["membership", "event"],
    )
    return changes


@prepared
def _live(pk: Any) -> QuerySet:
    return Membership.objects.live().filter(pk=pk).values_list("pk")


def _record(
    by: User | None,
    membership: Membership,
    changes: list[tuple[Verb, str, int | None]],
    note: str,
) -> list[AliasChange]:
    """Record each change of an alias: what was done, its name, and the number that had it."""
    collection = membership.collection
    events = record_events(
        describe_event(
            by=by,
            verb=verb,
            kind=Kind.COLLECTION,
            subject=f"{collection.target_path}:{name}",
            subject_id=collection.pk,
            project_id=collection.project_id,
            before=None if before is None else f"v{before}",
            after=None if verb == Verb.REMOVE_ALIAS else membership.number,
            note=note,
        )
        for verb, name, before in changes
    )
    return [
        AliasChange(name, event.before, event.after, event.pk)
        for (_verb, name, _before), event in zip(changes, events, strict=True)
    ]
