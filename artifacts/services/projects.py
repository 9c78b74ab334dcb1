"""Projects are made when first used."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from artifacts.models import Project
from registry_site.accounts.models import Entity, User
from registry_site.accounts.names import REGISTRY_PREFIX, check_project_name
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.people import default_entity_of
from registry_site.errors import Invalid, NotFound

DEFAULT_PROJECT = "uncategorized"


def create_project(*, by: User, entity_name: str | None, name: str | None) -> Project:
    """Return the project in which the person may log, made when first used.

    Without an entity it is in the person's default entity, without a name `uncategorized`.
    Raises NotFound for an entity that the person doesn't know, Denied where they only view.
    """
    name = name or DEFAULT_PROJECT
    entity = _entity(by, entity_name)
    check(by, Action.EDIT, entity)
    known = Project.objects.at(entity.name, name).first()
    if name.startswith(REGISTRY_PREFIX) or entity.kind == Entity.Kind.ORGANIZATION:
        raise Invalid(
            _(
                "Nothing can be logged to {entity}/{name}: it belongs to the organization. "
                "Log to a team's project, then link the version to a registry."
            ).format(entity=entity.name, name=name)
        )
    if known:
        return known
    check_project_name(name)
    try:
        with transaction.atomic():
            project = Project.objects.create(entity=entity, name=name, created_by=by)
            record_event(
                by=by, verb="create", kind="project", subject=f"{entity.name}/{name}",
                subject_id=project.pk, project_id=project.pk,
            )  # fmt: skip
    except IntegrityError:
        pass  # another client made it a moment ago
    return Project.objects.at(entity.name, name).get()


def _entity(by: User, name: str | None) -> Entity:
    if not name:
        return default_entity_of(by)
    entity = Entity.objects.named(name).visible_to(by).first()
    if entity is None:
        raise NotFound(
            _("There is no entity {name!r} that you may log to; yours is {mine!r}.").format(
                name=name, mine=default_entity_of(by).name
            )
        )
    return entity
