"""Operations on projects of teams and people: make, describe, rename and delete them."""

import contextlib
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Version
from artifacts.querysets.collections import MembershipQuerySet
from artifacts.reads.lookups import find_former_project, find_project, find_run
from artifacts.services.locks import lock_many_versions
from artifacts.services.paths.paths import leave_project_path, move_project_path, take_project_path
from artifacts.services.retention.holds import check_collections_not_held
from artifacts.services.retention.linked_versions import check_not_linked
from registry_site.accounts.models import Entity, Event, Kind, User, Verb
from registry_site.accounts.names import REGISTRY_PREFIX, check_path_entity, check_project_name
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.people import default_entity_of
from registry_site.errors import Conflict, Invalid, NotFound

DEFAULT_PROJECT = "uncategorized"


def create_project(
    *,
    by: User,
    entity_name: str | None,
    name: str | None,
    description: str | None = None,
    run_name: str = "",
    at_hand: Project | None = None,
) -> Project:
    """Return the project in which the person may log, made if missing.

    `at_hand` is the project of this path where the caller has read it. If the project was renamed
    and has the run `run_name`, that project is returned. Without an entity, the person's default
    entity is used; without a name, `uncategorized`. Raises NotFound for an entity that the person
    doesn't know, Denied where they may only view.
    """
    name = name or DEFAULT_PROJECT
    existing = at_hand or (find_project(entity_name, name) if entity_name else None)
    entity = existing.entity if existing and existing.role_of(by) else _entity(by, entity_name)
    check(by, Action.EDIT, entity)
    existing = existing or find_project(entity.name, name) or _renamed(entity, name, run_name)
    if name.startswith(REGISTRY_PREFIX) or entity.kind == Entity.Kind.ORGANIZATION:
        raise Invalid(
            _(
                "Nothing can be logged to {entity}/{name}: it belongs to the organization. "
                "Log to a team's project, then link the version to a registry."
            ).format(entity=entity.name, name=name)
        )
    if existing:
        return existing
    check_project_name(name)
    while True:  # again only if the project was renamed before it could be read
        with contextlib.suppress(IntegrityError):  # another client made it a moment ago
            _make(by, entity, name, description)
        if project := Project.objects.at(entity.name, name).first():
            return project


@transaction.atomic
def _make(by: User, entity: Entity, name: str, description: str | None) -> None:
    project = Project.objects.create(
        entity=entity, name=name, description=description, created_by=by
    )
    take_project_path(project)
    _record(by, Verb.CREATE, project)


@transaction.atomic
def update_project(*, by: User, project: Project, description: str | None = None) -> Project:
    """Describe the project of a team or person; None leaves a value unchanged."""
    check(by, Action.EDIT, project)
    locked = _lock(project)
    if description is not None and description != locked.description:
        before, locked.description = locked.description, description
        locked.save(update_fields=["description", "updated_at"])
        _record(
            by,
            Verb.UPDATE,
            locked,
            before={"description": before},
            after={"description": description},
        )
    return locked


@transaction.atomic
def rename_project(*, by: User, project: Project, name: str) -> Project:
    """Rename the project of a team or person; its collections keep their numbers.

    The old name leads to it until a new project takes that. Raises Invalid for a name that no
    project can have, Conflict where the name is taken or numbers at the new paths named other
    versions.
    """
    check(by, Action.MANAGE, project)
    check_project_name(name)
    locked = _lock(project)
    if name == locked.name:
        return locked  # a repeated request
    leave_project_path(locked, leads_on=True)
    before, locked.name = locked.name, name
    try:
        with transaction.atomic():
            locked.save(update_fields=["name", "updated_at"])
    except IntegrityError as error:
        raise Conflict(
            _("{entity} already has a project {name!r}; choose another name.").format(
                entity=locked.entity, name=name
            )
        ) from error
    move_project_path(locked)
    _record(by, Verb.RENAME, locked, before={"name": before}, after={"name": name})
    return locked


def was_renamed(project: Project, *, before: str) -> bool:
    """Return whether `before` was the project's last name, so that a request is a repetition."""
    renamings = Event.objects.filter(project_id=project.pk, verb=Verb.RENAME).order_by("-pk")
    last = renamings.values_list("before", flat=True).first()
    name = before.removeprefix(REGISTRY_PREFIX) if project.is_registry else before
    return last == {"name": name}


@transaction.atomic
def delete_project(*, by: User, project: Project) -> None:
    """Delete the project of a team or person with its runs; its name is free again.

    Its versions go to the trash. Raises Conflict while one of them is linked to another project,
    where others rely on it, or is on legal hold.
    """
    check(by, Action.MANAGE, project)
    versions = Version.objects.filter(sequence__project=project)
    lock_many_versions(versions)  # before the project: the order of all locks
    locked, now = _lock(project), timezone.now()
    versions.committed().update(state=Version.State.DELETED, deleted_at=now, deleted_by=by)
    memberships = Membership.objects.live().filter(version__in=versions)
    within = Collection.objects.filter(project=locked)
    check_collections_not_held(by=by, collections=within, thing=locked)
    check_not_linked(by=by, versions=versions, thing=locked)
    _check_not_linked(by, locked, memberships.exclude(collection__project=locked))
    memberships.update(hidden_at=now)
    locked.saved_views.all().delete()
    leave_project_path(locked, leads_on=False)
    name, locked.name = locked.name, locked.name_when_deleted
    locked.deleted_at, locked.deleted_by = now, by
    locked.save(update_fields=["name", "deleted_at", "deleted_by", "updated_at"])
    _record(by, Verb.DELETE, project, before={"name": name})


def _renamed(entity: Entity, name: str, run_name: str) -> Project | None:
    """Return the project that had this name last, if it has the run."""
    project = find_former_project(entity.name, name) if run_name else None
    return project if project and find_run(project, run_name) else None


def _entity(by: User, name: str | None) -> Entity:
    if not name:
        return default_entity_of(by)
    entity = Entity.objects.with_name(name).visible_to(by).first()
    if entity is None:
        check_path_entity(name)
        raise NotFound(
            _("There is no entity {name!r} that you may log to; yours is {mine!r}.").format(
                name=name, mine=default_entity_of(by).name
            )
        )
    return entity


def _lock(project: Project) -> Project:
    """Lock and return the project, which isn't a registry, until the end of the transaction."""
    rows = Project.objects.live().ordinary().for_role().filter(pk=project.pk)
    locked = rows.select_for_update(of=("self",)).first()
    if locked is None:  # deleted a moment ago
        raise NotFound(_("There is no such project that you may see."))
    return locked


def _check_not_linked(by: User, project: Project, elsewhere: MembershipQuerySet) -> None:
    links = elsewhere.filter(collection__project__deleted_at__isnull=True)
    if not (count := links.count()):
        return
    seen = links.visible_to(by).for_path().first()
    raise Conflict(
        _(
            "{project} can't be deleted: versions of it are linked elsewhere (links: {count}, "
            "for example {example}). Remove the links first."
        ).format(
            project=project,
            count=count,
            example=seen.full_name if seen else _("one in a project that you cannot open"),
        )
    )


def _record(by: User, verb: Verb, project: Project, **change: Any) -> None:
    record_event(
        by=by,
        verb=verb,
        kind=Kind.PROJECT,
        subject=str(project),
        subject_id=project.pk,
        project_id=project.pk,
        **change,
    )
