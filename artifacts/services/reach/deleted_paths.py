"""Addresses of deleted things: whoever could open such a thing learns of its deletion."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Run
from artifacts.querysets.collections import NUMBER, CollectionQuerySet
from artifacts.services.paths.departures import source_of
from artifacts.services.paths.pointers import (
    Deletion,
    deletion_by_unlinking,
    deletion_of_collection,
    deletion_of_project,
    deletion_of_run,
    deletion_of_version,
)
from registry_site.accounts.models import Entity, Event, Kind, User, Verb
from registry_site.accounts.permissions import Action
from registry_site.errors import Gone

Place = Collection | Project | Entity
_MOST_HIDDEN = 200  # deleted versions of a collection whose former aliases are searched


def check_project_not_deleted(*, by: User, entity_name: str, name: str) -> None:
    """Raise Gone where there was a project of this path, for those who could open it."""
    projects = Project.objects.permitting_until_deletion(Action.READ, by)
    of_name = projects.filter(
        entity__name__lower=entity_name.lower(), name__startswith=f"{name}/"
    )  # see Project.name_when_deleted
    project = of_name.exclude(deleted_at=None).for_role().order_by("-deleted_at").first()
    if project:
        raise _gone(by, deletion_of_project(project), project.entity)


def check_run_not_deleted(*, by: User, entity_name: str, project_name: str, name: str) -> None:
    """Raise Gone where there was a run of this path, for those who could open it."""
    runs = (
        Run.with_deleted.exclude(deleted_at=None)
        .traceable_by(by)
        .filter(
            project__entity__name__lower=entity_name.lower(), project__name=project_name, name=name
        )
    )
    if run := runs.for_path().select_related("deleted_by").first():
        raise _gone(by, deletion_of_run(run), *_around(run.project))
    check_project_not_deleted(by=by, entity_name=entity_name, name=project_name)


def check_collection_not_deleted(
    *, by: User, entity_name: str, project_name: str, name: str, reference: str = ""
) -> None:
    """Raise Gone where the collection of this path was deleted, or its version `reference`.

    `reference` is a number or an alias. Raises nothing for people who could not open it.
    """
    collections = (
        Collection.with_deleted.visible_to(by)
        .at(entity_name, project_name, name)
        .for_path()
        .select_related("deleted_by")
    )
    if reference and (deletion := _version_in(by, collections, reference)):
        raise _gone(by, deletion, *_ways_up(collections))
    last_deleted = collections.exclude(deleted_at=None).order_by("-deleted_at").first()
    if last_deleted and all(each.deleted_at for each in collections):
        raise _gone(by, deletion_of_collection(last_deleted), *_around(last_deleted.project))
    check_project_not_deleted(by=by, entity_name=entity_name, name=project_name)


def check_membership_not_deleted(*, by: User, pk: int) -> None:
    """Raise Gone where this membership's version was deleted, for those who could open it."""
    memberships = Membership.objects.traceable_by(by).filter(
        pk=pk, version__deleted_at__isnull=False
    )
    if membership := memberships.for_path().select_related("version__deleted_by").first():
        raise _gone(by, deletion_of_version(by, membership), *_ways_up([membership.collection]))


def _version_in(by: User, collections: CollectionQuerySet, reference: str) -> Deletion | None:
    memberships = Membership.objects.filter(
        collection__in=collections, version__deleted_at__isnull=False, hidden_with_collection=False
    )
    memberships = memberships.for_path().select_related("version__deleted_by").order_by("-pk")
    if not (number := NUMBER.fullmatch(reference)):
        with_alias = (
            each
            for each in memberships.exclude(dropped_aliases=[])[:_MOST_HIDDEN]
            if reference in each.dropped_aliases
        )
        membership = next(with_alias, None)
        return deletion_of_version(by, membership) if membership else None
    if membership := memberships.filter(index=int(number[1])).first():
        return deletion_of_version(by, membership)
    unlinked = Event.objects.filter(
        kind=Kind.COLLECTION,
        verb=Verb.UNLINK,
        subject_id__in=[each.pk for each in collections],
        subject__endswith=f":{reference}",
    )
    event = unlinked.order_by("-pk").first()
    return deletion_by_unlinking(event, source_of(by, event)) if event else None


def _around(project: Project) -> list[Place]:
    return [project, project.entity]


def _ways_up(collections: Iterable[Collection]) -> list[Place]:
    """Return the collections that aren't deleted, and then the projects and entities of all."""
    return [
        place
        for each in collections
        for place in [*([] if each.deleted_at else [each]), *_around(each.project)]
    ]


def _gone(by: User, deletion: Deletion, *places: Place) -> Gone:
    """Return the error, with a link to the first of the places that the person can open."""
    if deletion.is_unlinked:
        text = _("{path} was unlinked. The version itself stays where it was logged.")
    else:
        text = _("{path} was deleted.")
    can_open = (place for place in places if _can_open(by, place))
    return Gone(text.format(path=deletion.path), deletion, next(can_open, None))


def _can_open(by: User, place: Place) -> bool:
    return (place.project if isinstance(place, Collection) else place).role_of(by) is not None
