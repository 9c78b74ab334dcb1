"""Paths are permanent: leaving one writes a row, and whatever takes it later numbers from there.

A path's numbers never begin again, and none of them ever names another version. Callers have
checked rights and locked what moves. Whoever takes a path has locked its project before any
collection, because `take_path` locks the collections to which the path leads.
"""

from collections.abc import Iterable

from django.db.models import F, Min
from django.utils.translation import gettext as _

from artifacts.models import Collection, CollectionPath, Membership, Project, ProjectPath
from artifacts.querysets.collections import CollectionQuerySet
from artifacts.querysets.paths import same_project
from registry_site.errors import Conflict


def leave_path(collection: Collection) -> None:
    """Store the next number of the collection's path, and that it leads to the collection."""
    _write_down(collection.project, [collection])


def take_path(collection: Collection, *, is_back: bool = False) -> None:
    """Make a collection that has just got its name go on with the numbers of its path.

    Raises Conflict where one of its own numbers named another version there. With `is_back`, it
    returns from a deletion, and whatever had the path meanwhile went on from its numbers.
    """
    rows = list(CollectionPath.objects.counting(collection).exclude(collection=collection))
    if not rows:
        return
    led_to = _led_to(rows).select_for_update().order_by("pk")
    ahead = max(row.next_index for row in [*rows, *led_to])
    if not is_back:
        own = Membership.objects.filter(collection=collection)
        _check_numbers(collection, own.aggregate(first=Min("index"))["first"], ahead)
    _go_on(collection, ahead)
    _end_leading(rows, collection)


def next_index_at(project: Project, name: str) -> int:
    """Return the first number of a collection of this name if it were made now."""
    rows = list(CollectionPath.objects.counting(Collection(project=project, name=name)))
    return max((row.next_index for row in [*rows, *_led_to(rows)]), default=0)


def leave_project_path(project: Project, *, leads_on: bool) -> None:
    """Store all paths in the project, before it is renamed or deleted.

    With `leads_on`, the project's old name leads to it from now on.
    """
    standing = Collection.objects.select_for_update().filter(project=project).order_by("pk")
    _write_down(project, standing.only("pk", "name", "next_index"))
    if leads_on:
        ProjectPath.objects.update_or_create(
            entity_id=project.entity_id, name=project.name, defaults={"project": project}
        )


def take_project_path(project: Project) -> None:
    """Stop the project's name, which it has just got, from leading to another project."""
    rows = ProjectPath.objects.filter(same_project("name", project.name), entity=project.entity_id)
    rows.exclude(project=project).delete()


def move_project_path(project: Project) -> None:
    """Make a project that has just been renamed go on with the numbers of its new paths.

    Raises Conflict where a number in it named another version there.
    """
    take_project_path(project)
    rows_of: dict[str, list[CollectionPath]] = {}
    spent = CollectionPath.objects.filter(project_name__iexact=project.name)
    for row in spent.filter(entity=project.entity_id):
        rows_of.setdefault(row.name.lower(), []).append(row)
    within = _last_of_each_name(project)
    met = [each for each in within if each.name.lower() in rows_of]
    numbered = Membership.objects.filter(collection__in=met).values_list("collection")
    first_of = dict(numbered.annotate(Min("index")))
    for each in met:
        rows = [row for row in rows_of[each.name.lower()] if row.collection_id != each.pk]
        ahead = max((row.next_index for row in [*rows, *_led_to(rows)]), default=0)
        _check_numbers(each, first_of.get(each.pk), ahead)
        _go_on(each, ahead)
        if not each.deleted_at:
            _end_leading(rows, each)
    _write_down(project, [each for each in within if each.deleted_at])


def _last_of_each_name(project: Project) -> list[Collection]:
    """Return the project's collection of each name, or the one that had the name last."""
    rows = Collection.with_deleted.filter(project=project)
    rows = rows.order_by(F("deleted_at").asc(nulls_last=True), "pk")
    last = {each.name: each for each in rows.only("pk", "name", "next_index", "deleted_at")}
    for each in last.values():
        each.project = project
    return list(last.values())


def _led_to(rows: Iterable[CollectionPath]) -> CollectionQuerySet:
    """Return the collections to which paths lead; their numbers count at these paths, too."""
    led_to = [row.collection_id for row in rows if row.collection_id]
    return Collection.with_deleted.filter(pk__in=led_to)


def _check_numbers(collection: Collection, first: int | None, ahead: int) -> None:
    if first is not None and first < ahead:
        raise Conflict(
            _(
                "{name!r} can't be the name: {path}:v{number} was another version, and a number is "
                "never given again. Choose a name that was never used."
            ).format(name=collection.name, path=collection.target_path, number=first)
        )


def _go_on(collection: Collection, ahead: int) -> None:
    if ahead > collection.next_index:
        collection.next_index = ahead
        collection.save(update_fields=["next_index"])


def _end_leading(rows: Iterable[CollectionPath], collection: Collection) -> None:
    """Make these paths, which the collection now has, lead to no other collection."""
    taken = [row.pk for row in rows if row.name == collection.name and row.collection_id]
    if taken:
        CollectionPath.objects.filter(pk__in=taken).update(collection=None)


def _write_down(project: Project, collections: Iterable[Collection]) -> None:
    CollectionPath.objects.bulk_create(
        (
            CollectionPath(
                entity_id=project.entity_id,
                project_name=project.name,
                name=each.name,
                next_index=each.next_index,
                collection=each,
            )
            for each in collections
        ),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["entity", "project_name", "name"],
        update_fields=["next_index", "collection"],
    )
