"""The strip above the versions of a collection: its protected and pinned aliases."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from artifacts.models import Collection, Project
from artifacts.reads.pages.governed_aliases import GovernedAlias
from artifacts.services.aliases.release_strip import Release, release_strip
from artifacts.views.compare.choice import compare_url
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, can, denial, role_reason


@dataclass(frozen=True)
class Line:
    """One alias of the strip, with the addresses of what one can do; "" for what one can't."""

    release: Release
    history_url: str
    compare_url: str
    move_url: str
    roll_back_url: str
    reason: str  # why the person may not move it, "" where they may


@dataclass(frozen=True)
class StripPanel:
    """What artifacts/aliases/_release_strip.html shows."""

    lines: list[Line]
    unused: list[dict[str, Any]]  # aliases that no version has
    more: int
    reason: str  # why the person may not move all of them, "" where they may
    ask_url: str


def strip_panel(
    user: User, collection: Collection, aliases: Iterable[GovernedAlias]
) -> StripPanel | None:
    """Return the strip of the collection's aliases, None where none is protected or pinned."""
    strip = release_strip(collection, aliases)
    if not strip:
        return None
    project = collection.project
    may_edit, may_protect = (can(user, action, project) for action in (Action.EDIT, Action.PROTECT))
    refused = Action.PROTECT if may_edit else Action.EDIT
    may_move = {True: may_protect, False: may_edit}  # by whether the alias is protected
    may_all = all(may_move[release.is_protected] for release in strip.rows)
    role = project.role_of(user)
    reason = "" if may_all else _refusal(user, refused, project)
    lines = [
        _line(collection, release, "" if may_move[release.is_protected] else reason)
        for release in strip.rows
    ]
    return StripPanel(
        lines=lines,
        unused=[
            {
                "name": name,
                "is_protected": name in project.protected_alias_names,
                "url": collection.alias_history_url(name),
            }
            for name in strip.unused
        ],
        more=strip.more,
        reason=reason,
        ask_url=ask_url(refused, project) if role and reason else "",
    )


def move_url(collection: Collection, alias: str) -> str:
    """Return the address of the dialog that moves the alias."""
    query = urlencode({"alias": alias})
    return f"{reverse('artifacts:alias_move', args=[collection.pk])}?{query}"


def roll_back_url(collection: Collection, alias: str, event_id: int) -> str:
    """Return the address of the dialog that puts the alias back where this event put it."""
    query = urlencode({"alias": alias, "event": event_id})
    return f"{reverse('artifacts:alias_roll_back', args=[collection.pk])}?{query}"


def _refusal(user: User, action: Action, project: Project) -> str:
    role = project.role_of(user)
    return denial(action, project, role) if role else role_reason(user, action, project)


def _line(collection: Collection, release: Release, reason: str) -> Line:
    name, path = release.alias.name, collection.target_path
    return Line(
        release=release,
        history_url=collection.alias_history_url(name),
        compare_url=""
        if release.alias.is_newest
        else compare_url(f"{path}:{name}", f"{path}:latest"),
        move_url=move_url(collection, name),
        roll_back_url=roll_back_url(collection, name, release.earlier.pk)
        if release.earlier
        else "",
        reason=reason,
    )
