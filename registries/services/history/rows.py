"""Rows that events speak of, deleted ones included: every page of a history reads them by key."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from artifacts import models
from registry_site.accounts.models import Event, Team, User
from registry_site.accounts.permissions import Action
from registry_site.accounts.sight import Sight
from registry_site.queries.prepared import prepared


def by_key(read: Callable[[list[int]], Iterable[Any]], keys: Collection[int]) -> dict[int, Any]:
    """Return the rows by their keys; without any key there is no statement."""
    return {row.pk: row for row in read(list(keys))} if keys else {}


@prepared
def events_at(keys: Any) -> QuerySet:
    return Event.objects.filter(pk__among=keys)


@prepared
def collections_of_events(keys: Any) -> QuerySet:
    return models.Collection.with_deleted.for_path().filter(pk__among=keys)


@prepared
def versions_of_events(keys: Any) -> QuerySet:
    return models.Version.with_removed.for_path().filter(pk__among=keys)


@prepared
def runs_of_events(keys: Any) -> QuerySet:
    return models.Run.with_deleted.for_path().filter(pk__among=keys)


@prepared
def projects_of_events(keys: Any) -> QuerySet:
    return models.Project.objects.for_role().filter(pk__among=keys)


@prepared
def teams_of_events(keys: Any) -> QuerySet:
    return Team.objects.select_related("entity", "organization").filter(pk__among=keys)


@prepared
def names_in_sight(sight: Sight, people: Any) -> QuerySet:
    """Return the names of those of these people whose pages somebody can open."""
    seen = User.objects.in_sight(sight).filter(pk__among=people)
    return seen.values_list("username", flat=True)


@prepared
def numbered_in_collections(collections: Any, numbers: Any) -> QuerySet:
    """Return memberships of any of these numbers in any of the collections."""
    rows = models.Membership.objects.filter(collection__among=collections, index__among=numbers)
    return rows.select_related(
        "version__sequence__artifact_type",
        "version__sequence__project__entity__organization",
        "version__sequence__project__entity__team__organization",
    )


@prepared
def projects_at_paths(sight: Sight, entities: Any, names: Any) -> QuerySet:
    """Return projects of any of these names, of any of the entities, that somebody may read.

    Deleted ones are among them, by their former right.
    """
    projects = models.Project.objects.in_sight_until_deletion(sight, Action.READ)
    at = projects.filter(entity__name__among=entities, name__among=names)
    return at.select_related("entity")
