"""Reads everything that a page of events is about, in a constant number of queries.

It finds where each event leads, and which parts of `before` and `after` the person may read: a path
in another project is shown only to those who may open that project, whatever the key is called.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from artifacts.models import Collection, Membership, Project, Run, Version
from artifacts.querysets.collections import NUMBER
from registries.services.history.rows import (
    by_key,
    collections_of_events,
    names_in_sight,
    numbered_in_collections,
    projects_at_paths,
    projects_of_events,
    runs_of_events,
    teams_of_events,
    versions_of_events,
)
from registry_site.accounts.models import Entity, Event, Kind, Organization, Team, User
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.sight import sight_of

TEXTS = ("description", "notes")  # may contain anything, and are shown in full
_FREE = {*TEXTS, "metadata", "query", "reason"}  # fields that contain no path
_PATH = re.compile(r"([^/]+)/([^/]+)(/.*)?", re.DOTALL)  # names may contain spaces
HIDDEN = object()  # stands for a path that the person may not read


@dataclass
class Reading:
    """Rows by primary key that the events are about, deleted ones included, if they still exist."""

    user: User
    collections: dict[int, Collection] = field(default_factory=dict)
    versions: dict[int, Version] = field(default_factory=dict)
    projects: dict[int, Project] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    organizations: dict[int, Organization] = field(default_factory=dict)
    entities: dict[int, Entity] = field(default_factory=dict)
    # usernames of people whose pages the person can open
    people: set[str] = field(default_factory=set)
    memberships: dict[tuple[int, int], Membership] = field(default_factory=dict)
    open_paths: dict[tuple[str, str], Project] = field(default_factory=dict)

    def may_open(self, event: Event) -> bool:
        """Return whether the person may read the event's project."""
        project = self.projects.get(event.project_id or 0)
        return project is None or project.role_until_deletion(self.user) is not None

    def membership_in(self, event: Event) -> Membership | None:
        """Return the membership that an event of a collection names by its number, or None."""
        number = number_in(event.subject)
        return None if number is None else self.memberships.get((event.subject_id or 0, number))

    def readable(self, event: Event, value: Any, key: str = "") -> Any:
        """Return the value as the person may read it: HIDDEN in place of what they may not."""
        if isinstance(value, dict):
            return {name: self.readable(event, each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self.readable(event, each, key) for each in value]
        if not isinstance(value, str) or key in _FREE:
            return value
        if key == "email":
            return value if self._may_manage(event) else HIDDEN
        return value if self._may_read(event, value, key) else HIDDEN

    def change(self, event: Event) -> tuple[Any, Any]:
        """Return `before` and `after` for files, without what the person may not read."""
        return _without(self.readable(event, event.before)), _without(
            self.readable(event, event.after)
        )

    def _may_manage(self, event: Event) -> bool:
        team = self.teams.get(event.subject_id or 0) if event.kind == Kind.TEAM else None
        return team is not None and can(self.user, Action.MANAGE, team)

    def _may_read(self, event: Event, value: str, key: str) -> bool:
        if key == "source" and (membership := self.membership_in(event)):
            return membership.version.sequence.project.role_until_deletion(self.user) is not None
        path = _PATH.fullmatch(value)
        if value.startswith(_place_of(event)):
            return True
        if not path:
            return key != "source"  # a source is shown only if its project may be read
        project = self.open_paths.get((path[1], path[2]))
        # a later project of the same name gives no right to read about this one
        return project is not None and project.created_at <= event.at


def read_events(user: User, events: Iterable[Event]) -> Reading:
    """Read what these events speak of; the person may read the events."""
    events = list(events)
    reading = Reading(user)
    keys = {kind: _keys(events, kind) for kind in ("collection", "version", "run", "run_file")}
    reading.versions = by_key(versions_of_events, keys["version"])
    reading.collections = by_key(collections_of_events, keys["collection"])
    projects = {event.project_id for event in events if event.project_id}
    reading.projects = by_key(projects_of_events, projects)
    reading.runs = by_key(runs_of_events, keys["run"] | keys["run_file"])
    reading.teams = by_key(teams_of_events, _keys(events, "team"))
    if organizations := _keys(events, "organization"):
        reading.organizations = Organization.objects.in_bulk(organizations)
    if entities := _keys(events, "entity"):
        reading.entities = Entity.objects.in_bulk(entities)
    reading.people = _people(user, events)
    reading.memberships = _memberships(events)
    reading.open_paths = _open_paths(user, events)
    return reading


def number_in(subject: str) -> int | None:
    """Return the number of the version that a subject or a value names, None where it is none."""
    number = NUMBER.fullmatch(subject.rpartition(":")[2])
    return int(number[1]) if number else None


def _keys(events: list[Event], kind: str) -> set[int]:
    return {event.subject_id for event in events if event.kind == kind and event.subject_id}


def _people(user: User, events: list[Event]) -> set[str]:
    keys = {event.actor_id for event in events if event.actor_id}
    return set(names_in_sight(sight_of(user), list(keys))) if keys else set()


def _memberships(events: list[Event]) -> dict[tuple[int, int], Membership]:
    """Return memberships that events of collections name, by collection and number."""
    numbers_by_collection: dict[int, set[int]] = {}
    for event in events:
        if event.kind == Kind.COLLECTION and event.subject_id:
            texts = (event.subject, event.before, event.after)
            numbers = {number_in(text) for text in texts if isinstance(text, str)}
            numbers_by_collection.setdefault(event.subject_id, set()).update(
                n for n in numbers if n is not None
            )
    if not any(numbers_by_collection.values()):
        return {}
    numbers = {number for each in numbers_by_collection.values() for number in each}
    # finds more than needed, but the query has the same length for any number of collections
    memberships = numbered_in_collections(list(numbers_by_collection), list(numbers))
    return {(row.collection_id, row.index): row for row in memberships}


def _open_paths(user: User, events: list[Event]) -> dict[tuple[str, str], Project]:
    """Return, by path, projects named in `before` and `after` that the person may read."""
    paths = {
        (path[1], path[2])
        for event in events
        for text in (*_texts(event.before), *_texts(event.after))
        if (path := _PATH.fullmatch(text))
    }
    if not paths:
        return {}
    entities, names = (list(set(each)) for each in zip(*paths, strict=True))
    projects = projects_at_paths(sight_of(user), entities, names)
    at = {(project.entity.name, project.name): project for project in projects}
    return {path: at[path] for path in paths & at.keys()}


def _texts(value: Any, key: str = "") -> Iterable[str]:
    """Yield every text of a change that may be a path."""
    if key in _FREE:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, key)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, name)


def _place_of(event: Event) -> str:
    """Return the path of the event's project, as it was called then."""
    return "/".join(event.subject.split("/")[:2]) + "/" if event.subject.count("/") else "\0"


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(each) for name, each in value.items() if each is not HIDDEN}
    if isinstance(value, list):
        return [_without(each) for each in value if each is not HIDDEN]
    return None if value is HIDDEN else value
